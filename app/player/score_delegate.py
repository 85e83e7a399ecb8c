"""The editor of a class's own least score: a number that acts while it is turned."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QDoubleSpinBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

Index = QModelIndex | QPersistentModelIndex


class ScoreDelegate(QStyledItemDelegate):
    """For a column that holds a float 0 to 1."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """A spin box in hundredths."""
        editor = QDoubleSpinBox(parent, minimum=0, maximum=1, singleStep=0.01, decimals=2)
        editor.setFrame(False)
        editor.valueChanged.connect(lambda _value: self.commitData.emit(editor))
        return editor

    def displayText(self, value: object, _locale: object) -> str:
        """Two decimals."""
        return f"{value:.2f}" if isinstance(value, float) else ""


class NoDelegate(QStyledItemDelegate):
    """For columns that are not edited."""

    def createEditor(self, _parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """No editor."""
        return None  # type: ignore[return-value]
