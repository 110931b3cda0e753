"""Signing in: accounts that the host names (OMNI_AUTH), or Hugging Face's on a Space (OMNI_HF_LOGIN)."""
