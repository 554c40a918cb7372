"""The tools that come with Pointwork, as classes."""

from pointwork.tools.calculator import calculator

CalculatorTool = type(calculator)
