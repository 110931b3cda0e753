async def test_what_a_model_ignores_is_kept_by_server_model_and_tab_and_forgotten_when_it_does_not(store, open_store):
    await store.ignored.note("here", "m", "image", ["n", "flow_shift"], [])
    await store.ignored.note("here", "m", "image", ["n"], ["seed"])
    await store.close()
    store = await open_store()
    assert await store.ignored.of("here", "m", "image") == ["flow_shift", "n"]
    assert await store.ignored.of("there", "m", "image") == []
    assert await store.ignored.of("here", None, "image") == []
    assert await store.ignored.of("here", "m", "edit") == []
    await store.ignored.note("here", "m", "image", [], ["n"])
    assert await store.ignored.of("here", "m", "image") == ["flow_shift"]
