"""Between visitors and the page: options, ports, links, passwords, limits, the order of answers, uploads. No Gradio."""
