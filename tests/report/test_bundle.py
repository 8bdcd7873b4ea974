from __future__ import annotations

from fpcrawler.report.bundle import bundled


def test_what_is_imported_comes_first_and_once() -> None:
    modules = {
        "main": 'import { a } from "./one.js";\nimport { b } from "./two.js";\na(b);\n',
        "one": 'import { b } from "./two.js";\n\nexport function a() { return b; }\n',
        "two": "export const b = 1;\nexport class c {}\nexport async function d() {}\n",
        "other": "never();\n",
    }

    assert bundled(modules, "main") == (
        "const b = 1;\nclass c {}\nasync function d() {}\n\n"
        "function a() { return b; }\n\n"
        "a(b);\n"
    )


def test_a_circle_of_imports_ends() -> None:
    modules = {
        "main": 'import { b } from "./b.js";\nexport const a = 1;\n',
        "b": 'import { a } from "./main.js";\nexport const b = 2;\n',
    }

    assert bundled(modules, "main") == "const b = 2;\n\nconst a = 1;\n"
