"""What `evaluate_model.py` does: labeled sets in, accuracy, calibration and rejection out, as a report."""
