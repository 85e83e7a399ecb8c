"""Dataclass fields that carry help, unit and range, so that forms, command lines and checks come from one place."""

from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

from yolox_core.errors import ValueOutOfRange

_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    tuple: "a list of texts",
    dict: "texts by name",
}

Depth = Literal["preset", "usual", "everything"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a person must know of one field. `choices` wins over the range where it is not empty.

    `title` stands in for one made from the field's name.
    """

    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: int = 1
    choices: tuple[str, ...] = ()
    depth: Depth = "everything"
    title: str = ""

    @property
    def range_text(self) -> str:
        """The allowed values in words: `1 to 300 epochs`."""
        if self.choices:
            return " | ".join(self.choices)
        if self.minimum is None and self.maximum is None:
            return self.unit
        low = "" if self.minimum is None else f"{self.minimum:.10g}"
        high = "" if self.maximum is None else f"{self.maximum:.10g}"
        text = f"{low} to {high}" if low and high else (f"at least {low}" if low else f"at most {high}")
        if self.multiple_of > 1:
            text += f", a multiple of {self.multiple_of}"
        return f"{text} {self.unit}".rstrip()


def described(default: Any, spec: FieldSpec) -> Any:
    """A dataclass field with this default and specification."""
    return field(default=default, metadata={"spec": spec})


def specs(record: Any) -> dict[str, tuple[Field[Any], FieldSpec]]:
    """Field and specification by name, in order, of the described fields of a dataclass or an instance."""
    return {f.name: (f, f.metadata["spec"]) for f in fields(record) if "spec" in f.metadata}


def fault_of(value: Any, spec: FieldSpec) -> str:
    """What is wrong with a value, in words ("must be 1 to 300 epochs, not 0"); empty when it is good."""
    if spec.choices:
        return "" if value in spec.choices else f"must be one of {', '.join(spec.choices)}, not {value!r}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    too_small = spec.minimum is not None and not value >= spec.minimum
    too_large = spec.maximum is not None and not value <= spec.maximum
    if too_small or too_large or (spec.multiple_of > 1 and value % spec.multiple_of):
        return f"must be {spec.range_text}, not {value:g}"
    return ""


def type_fault(value: Any, kind: type) -> str:
    """What is wrong with the type of a value from JSON ("must be a whole number, not 'ten'"); empty when it fits."""
    if kind is tuple:
        fits = isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    elif kind is dict:
        fits = isinstance(value, dict) and all(isinstance(text, str) for item in value.items() for text in item)
    elif kind is bool or isinstance(value, bool):
        fits = kind is bool and isinstance(value, bool)
    else:
        fits = isinstance(value, int | float if kind is float else kind)
    return "" if fits else f"must be {_KINDS[kind]}, not {value!r}"


def check(record: Any) -> None:
    """Raise ValueOutOfRange for the first described field whose value lies outside its specification."""
    for name, (described_field, spec) in specs(record).items():
        value = getattr(record, name)
        fault = type_fault(value, type(described_field.default)) or fault_of(value, spec)
        if fault:
            raise ValueOutOfRange(f"{name} {fault}.", field=name, action=spec.help)
