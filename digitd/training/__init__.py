"""Making a model: data, augmentation, fitting, export, measurement and the report. TensorFlow is imported late."""
