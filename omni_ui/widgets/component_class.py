"""How a component of Gradio gets methods of ours.

This uses what Gradio does not document (docs/gradio.md). tests/widgets/test_component_class.py notices when Gradio
changes.
"""

from abc import ABCMeta

from gradio.component_meta import ComponentMeta


class ComponentClass(ComponentMeta):
    """Metaclass of our subclasses of Gradio's components: classes with methods of their own and nothing else.

    Gradio writes a `.pyi` file beside the source of every such class. Ours would tell type checkers less than the
    source does, and an installed package may not be writable. What else Gradio's metaclass does is for constructors and
    events; a class that brings its own is refused, because Gradio builds components anew from the arguments of the
    constructor that it knows.

    The page, and programs that load it, know such a component by the name of Gradio's class.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, object]) -> "ComponentClass":
        """TypeError for a class with a constructor or events of its own."""
        if own := {"__init__", "EVENTS"} & set(attributes):
            raise TypeError(f"{name} must take {', '.join(sorted(own))} from Gradio's component")
        block = next(part.__name__.lower() for base in bases for part in base.__mro__ if type(part) is ComponentMeta)
        # Gradio has two names for a component: one of what draws it, and one of what `gr.load` makes.
        attributes |= dict.fromkeys(("get_block_name", "get_block_class"), lambda self: block)
        return ABCMeta.__new__(cls, name, bases, attributes)
