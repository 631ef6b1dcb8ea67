"""The parts of the page: our Gradio components, what they show, and every sentence of it."""
