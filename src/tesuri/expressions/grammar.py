"""The grammar of the subset, for an LALR parser.

**source** https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
Left out on purpose: bytes, unsigned integers, messages (docs/expressions.md).
"""

from typing import Final

GRAMMAR: Final = r"""
?start: expr

?expr: either
     | either "?" either ":" expr                 -> conditional
?either: both | either "||" both                  -> disjunction
?both: relation | both "&&" relation              -> conjunction
?relation: sum | relation RELATION sum            -> binary
         | relation IN sum                        -> binary
?sum: product | sum PLUS product                  -> binary
    | sum MINUS product                           -> binary
?product: unary | product FACTOR unary            -> binary
?unary: member | nots | minuses
nots: "!" (nots | member)
minuses: MINUS (minuses | member)

?member: primary
       | member "." selector                      -> select
       | member "." "?" selector                  -> optional_select
       | member "." IDENTIFIER "(" [arguments] ")" -> method
       | member "[" expr "]"                      -> index
       | member "[" "?" expr "]"                  -> optional_index
selector: IDENTIFIER | ESCAPED

?primary: "."? IDENTIFIER                         -> name
        | "."? IDENTIFIER "(" [arguments] ")"     -> call
        | "(" expr ")"
        | "[" [items ","?] "]"                    -> list_of
        | "{" [entries ","?] "}"                  -> map_of
        | FLOAT                                   -> float_literal
        | INTEGER                                 -> integer_literal
        | STRING                                  -> string_literal
        | TRUE                                    -> true_literal
        | FALSE                                   -> false_literal
        | NULL                                    -> null_literal
        | UNSIGNED                                -> refused
        | BYTES                                   -> refused

arguments: expr ("," expr)*
items: item ("," item)*
?item: expr
     | "?" expr                                   -> optional_item
entries: entry ("," entry)*
entry: expr ":" expr
     | "?" expr ":" expr                          -> optional_entry

RELATION: "<=" | ">=" | "==" | "!=" | "<" | ">"
IN: "in"
PLUS: "+"
MINUS: "-"
FACTOR: "*" | "/" | "%"
TRUE: "true"
FALSE: "false"
NULL: "null"
IDENTIFIER: /[_a-zA-Z][_a-zA-Z0-9]*/
ESCAPED: /`[a-zA-Z0-9_.\-\/ ]+`/

FLOAT.3: /(\d+\.\d+|\.\d+)([eE][+-]?\d+)?|\d+[eE][+-]?\d+/
UNSIGNED.4: /(0[xX][0-9a-fA-F]+|\d+)[uU]/
INTEGER.2: /0[xX][0-9a-fA-F]+|\d+/
STRING.3: /[rR]("{3}[\s\S]*?"{3}|'{3}[\s\S]*?'{3}|"[^"\r\n]*"|'[^'\r\n]*')/
        | /"{3}([^\\]|\\[\s\S])*?"{3}|'{3}([^\\]|\\[\s\S])*?'{3}/
        | /"([^"\\\r\n]|\\.)*"|'([^'\\\r\n]|\\.)*'/
BYTES.4: /([bB][rR]?|[rR][bB])("{3}[\s\S]*?"{3}|'{3}[\s\S]*?'{3}|"([^"\\\r\n]|\\.)*"|'([^'\\\r\n]|\\.)*')/

COMMENT: /\/\/[^\n]*/
%ignore COMMENT
%ignore /[\t\n\f\r ]+/
"""

TOKEN_WORDS: Final = {
    "$END": "the end",
    "IDENTIFIER": "a name",
    "ESCAPED": "a name in backquotes",
    "INTEGER": "a number",
    "FLOAT": "a number",
    "STRING": "a string",
    "TRUE": "true",
    "FALSE": "false",
    "NULL": "null",
    "IN": "'in'",
    "PLUS": "'+'",
    "MINUS": "'-'",
    "FACTOR": "'*', '/' or '%'",
    "RELATION": "a comparison",
    "QMARK": "'?'",
    "COLON": "':'",
    "COMMA": "','",
    "DOT": "'.'",
    "BANG": "'!'",
    "LPAR": "'('",
    "RPAR": "')'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
}
"""How each terminal is called in a sentence; terminals that are not named are not offered."""

RESERVED: Final = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
"""Words of the specification that are no variable names (fields may be called so)."""
