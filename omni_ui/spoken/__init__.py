"""Long texts and scripts: how they are cut into pieces, and the request that holds them. No Gradio in it."""
