"""What was typed comes back after a reload, Back or a lost browser tab."""
