"""Reading a workbook into typed rows and findings; writing templates.

``grid`` opens the file, ``recognise`` says what each sheet is, ``read`` types its rows, ``check`` holds them
against the rules and what is known. All are pure functions over the model in ``model``.
"""
