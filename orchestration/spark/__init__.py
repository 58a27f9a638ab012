"""The warehouse on Apache Spark: the same models, gate and doors, with the landing as raw."""
