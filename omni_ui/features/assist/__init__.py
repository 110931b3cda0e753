"""Help with prompts: written longer, translated or described by the chat server, or spoken into the microphone."""
