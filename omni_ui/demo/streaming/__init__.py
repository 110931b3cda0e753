"""Videos of the demo server while they are made: /v1/realtime/video."""
