"""The login as a part of the app, in one of the ways that the host asks for."""

from fastapi import FastAPI

from omni_ui.features.login.accounts import Accounts, read_accounts
from omni_ui.features.login.gate import COME_BACK, LoginGate
from omni_ui.features.login.huggingface import HuggingFaceLogin, OAuthApp
from omni_ui.features.login.tokens import Tokens
from omni_ui.settings import Settings


def add_login(app: FastAPI, settings: Settings) -> None:
    """Lets nobody in who is not signed in, in one of the ways that the host asks for."""
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    tokens = Tokens(settings.data_folder, secret)
    hugging_face = None
    if settings.hf_login and settings.oauth_client_secret:
        hugging_face = HuggingFaceLogin(
            OAuthApp(
                str(settings.oauth_client_id),
                settings.oauth_client_secret.get_secret_value(),
                str(settings.openid_provider_url),
                f"https://{settings.space_host}{settings.root_path}{COME_BACK}",
            ),
            tokens,
        )
    accounts = Accounts(read_accounts(settings.auth.get_secret_value())) if settings.auth else None
    app.add_middleware(
        LoginGate, accounts=accounts, tokens=tokens, root_path=settings.root_path, hugging_face=hugging_face
    )
