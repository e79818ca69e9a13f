; Names of captures are those that editors share:
; https://tree-sitter.github.io/tree-sitter/3-syntax-highlighting.html
; Where two patterns capture a node, the later one wins.

; Names

(identifier) @variable

(object_property name: (identifier) @property)
(object_type_property name: (identifier) @property)
(member_expression property: (identifier) @property)
(resource_access property: (identifier) @variable)
(type_member property: (identifier) @property)

(parameter_declaration name: (identifier) @variable.parameter)
(parameter_assignment name: (identifier) @variable.parameter)
(function_parameter name: (identifier) @variable.parameter)
(lambda_expression parameter: (identifier) @variable.parameter)
(lambda_parameters parameter: (identifier) @variable.parameter)
(for_expression variable: (identifier) @variable.parameter)
(for_expression index: (identifier) @variable.parameter)

(function_declaration name: (identifier) @function)
(call_expression function: (identifier) @function)
(decorator expression: (identifier) @attribute)
(decorator expression: (call_expression function: (identifier) @attribute))
"@" @attribute

(import_wildcard alias: (identifier) @module)
(extension_declaration specification: (identifier) @module)
(extension_declaration alias: (identifier) @module)
(extension_config_assignment alias: (identifier) @module)

; Types

(type_declaration name: (identifier) @type)
(type_identifier) @type
((type_identifier) @type.builtin
  (#match? @type.builtin "^(any|array|bool|int|object|resourceInput|resourceOutput|string)$"))

; Literals

(string) @string
(multiline_string) @string
(escape_sequence) @string.escape
(integer) @number
(boolean) @constant.builtin
(null) @constant.builtin

(resource_declaration type: (string) @string.special)
(module_declaration path: (string) @string.special.path)
(test_declaration path: (string) @string.special.path)
(import_declaration path: (string) @string.special.path)
(using_declaration path: (string) @string.special.path)
(extends_declaration path: (string) @string.special.path)

(interpolation "${" @punctuation.special "}" @punctuation.special) @embedded

; Words

[
  "assert"
  "existing"
  "extends"
  "extension"
  "extensionConfig"
  "func"
  "metadata"
  "module"
  "output"
  "param"
  "provider"
  "resource"
  "targetScope"
  "test"
  "type"
  "using"
  "var"
  "with"
] @keyword

[ "as" "from" "import" ] @keyword.import
[ "for" "in" ] @keyword.repeat
"if" @keyword.conditional
"none" @constant.builtin

; Signs

[
  "!" "!=" "!~" "%" "&&" "*" "+" "-" "..." "/" "::" "<" "<=" "=" "==" "=>" "=~" ">" ">=" "??" "||"
] @operator
(conditional_expression [ "?" ":" ] @operator)
(nullable_type "?" @operator)
(union_type "|" @operator)

[ "(" ")" "[" "]" "{" "}" ] @punctuation.bracket
[ "," "." ] @punctuation.delimiter
(object_property ":" @punctuation.delimiter)
(object_type_property ":" @punctuation.delimiter)
(for_expression ":" @punctuation.delimiter)

; What is not read

(comment) @comment
(diagnostic_pragma) @keyword.directive
