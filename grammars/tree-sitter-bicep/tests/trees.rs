//! Bicep in, trees out: how expressions nest, what every construct looks like, and how far an error reaches.

use tree_sitter::{Node, Parser, Tree};

fn parse(source: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).expect("the parser fits the runtime");
    parser.parse(source, None).expect("nothing cancels it")
}

/// The source of an expression with brackets around every operation, so that its nesting can be read.
fn nesting(expression: &str) -> String {
    fn write(node: Node, source: &str, out: &mut String) {
        if node.child_count() == 0 {
            return out.push_str(&source[node.byte_range()]);
        }
        let kind = node.kind();
        let operation = kind.ends_with("_expression") || matches!(kind, "resource_access" | "non_null_assertion");
        let operation = operation && kind != "parenthesized_expression";
        if operation {
            out.push('<');
        }
        for i in 0..node.child_count() {
            write(node.child(i).expect("counted"), source, out);
        }
        if operation {
            out.push('>');
        }
    }
    let source = format!("var x = {expression}");
    let tree = parse(&source);
    assert!(!tree.root_node().has_error(), "{source}: {}", tree.root_node().to_sexp());
    let value =
        tree.root_node().child(0).and_then(|it| it.child_by_field_name("value")).expect("a variable has a value");
    let mut out = String::new();
    write(value, &source, &mut out);
    out
}

#[test]
fn expressions_nest_as_in_the_compiler() {
    for (expression, expected) in [
        ("!a.b", "<!<a.b>>"),
        ("-a.b", "<-<a.b>>"),
        ("!a!.b", "<!<<a!>.b>>"),
        ("!f(a)[0]", "<!<<f(a)>[0]>>"),
        ("-a + b", "<<-a>+b>"),
        ("a - -b", "<a-<-b>>"),
        ("!a && b", "<<!a>&&b>"),
        ("!a == b", "<<!a>==b>"),
        ("a.b!.c", "<<<a.b>!>.c>"),
        ("a.b.c(d).e", "<<<a.b>.c(d)>.e>"),
        ("a.?b.c", "<<a.?b>.c>"),
        ("a[?0].b", "<<a[?0]>.b>"),
        ("a[^1][?^2]", "<<a[^1]>[?^2]>"),
        ("a::b::c.d", "<<<a::b>::c>.d>"),
        ("c ? x.y : z.w", "<c?<x.y>:<z.w>>"),
        ("c ? a : d ? e : f", "<c?a:<d?e:f>>"),
        ("c ? d ? e : f : a", "<c?<d?e:f>:a>"),
        ("a ?? b ? c : d", "<<a??b>?c:d>"),
        ("a ?? b ?? c", "<<a??b>??c>"),
        ("a ?? b || c", "<a??<b||c>>"),
        ("a || b && c", "<a||<b&&c>>"),
        ("a && b == c", "<a&&<b==c>>"),
        ("a == b != c", "<<a==b>!=c>"),
        ("a =~ b && c !~ d", "<<a=~b>&&<c!~d>>"),
        ("a == b < c", "<a==<b<c>>"),
        ("a < b + c", "<a<<b+c>>"),
        ("a <= b >= c", "<<a<=b>>=c>"),
        ("a - b - c", "<<a-b>-c>"),
        ("a + b * c", "<a+<b*c>>"),
        ("a / b % c", "<<a/b>%c>"),
        ("(a + b) * c", "<(<a+b>)*c>"),
        ("x => x.y ?? z", "<x=><<x.y>??z>>"),
        ("x => y => z", "<x=><y=>z>>"),
        ("x => a ? b : c", "<x=><a?b:c>>"),
        ("a ? x => b : c", "<a?<x=>b>:c>"),
        ("a + x => b + c", "<a+<x=><b+c>>>"),
        ("f(x => a, (y, i) => b, () => c)", "<f(<x=>a>,<(y,i)=>b>,<()=>c>)>"),
        ("(x)", "(x)"),
        ("(x) => y", "<(x)=>y>"),
        ("(x).y", "<(x).y>"),
    ] {
        assert_eq!(nesting(expression), expected, "{expression}");
    }
}

#[test]
fn unary_operators_do_not_stack() {
    for expression in ["!!a", "--a", "!-a", "+a"] {
        assert!(parse(&format!("var x = {expression}")).root_node().has_error(), "{expression}");
    }
}

/// Each source has no error, and its tree is the one given.
fn trees(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let tree = parse(source);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&tree.root_node().to_sexp()), format!("(source_file {})", words(expected)), "{source}");
    }
}

#[test]
fn declarations_have_names_types_and_values() {
    trees(&[
        ("targetScope = 'subscription'", "(target_scope_declaration value: (string (string_content)))"),
        ("metadata a = 1", "(metadata_declaration name: (identifier) value: (integer))"),
        ("param a string", "(parameter_declaration name: (identifier) type: (type_identifier))"),
        ("param a int = 1", "(parameter_declaration name: (identifier) type: (type_identifier) value: (integer))"),
        (
            "param a resource 'b@c'",
            "(parameter_declaration name: (identifier) type: (resource_type path: (string (string_content))))",
        ),
        ("param a = 1", "(parameter_assignment name: (identifier) value: (integer))"),
        ("var a = 1", "(variable_declaration name: (identifier) value: (integer))"),
        (
            "var a string = 'b'",
            "(variable_declaration name: (identifier) type: (type_identifier) value: (string (string_content)))",
        ),
        ("type a = 'b'", "(type_declaration name: (identifier) value: (string (string_content)))"),
        (
            "func f(a string, b int[]) string => a",
            "(function_declaration name: (identifier) parameters: (function_parameters (function_parameter name: (identifier) type: (type_identifier)) (function_parameter name: (identifier) type: (array_type element: (type_identifier)))) return_type: (type_identifier) body: (identifier))",
        ),
        (
            "func f(\n  a string\n) string =>\n  a",
            "(function_declaration name: (identifier) parameters: (function_parameters (function_parameter name: (identifier) type: (type_identifier))) return_type: (type_identifier) body: (identifier))",
        ),
        ("output a string = b", "(output_declaration name: (identifier) type: (type_identifier) value: (identifier))"),
        (
            "output a resource = b",
            "(output_declaration name: (identifier) type: (type_identifier) value: (identifier))",
        ),
        (
            "assert a = b > 1",
            "(assert_declaration name: (identifier) value: (binary_expression left: (identifier) right: (integer)))",
        ),
        ("test a 'b' = {}", "(test_declaration name: (identifier) path: (string (string_content)) value: (object))"),
    ]);
}

#[test]
fn resources_and_modules_have_bodies_conditions_and_loops() {
    trees(&[
        (
            "resource a 'b@c' = {}",
            "(resource_declaration name: (identifier) type: (string (string_content)) value: (object))",
        ),
        (
            "resource a 'b' existing = {\n  name: c\n}",
            "(resource_declaration name: (identifier) type: (string (string_content)) value: (object (object_property name: (identifier) value: (identifier))))",
        ),
        (
            "resource a 'b' = if (c) {}",
            "(resource_declaration name: (identifier) type: (string (string_content)) value: (if_body condition: (identifier) body: (object)))",
        ),
        (
            "resource a 'b' =\n  // Why.\n  if (c) {}",
            "(resource_declaration name: (identifier) type: (string (string_content)) (comment) value: (if_body condition: (identifier) body: (object)))",
        ),
        (
            "resource a 'b' = [for x in y: {}]",
            "(resource_declaration name: (identifier) type: (string (string_content)) value: (for_expression variable: (identifier) collection: (identifier) body: (object)))",
        ),
        (
            "resource a 'b' = [for (x, i) in y: if (c) {}]",
            "(resource_declaration name: (identifier) type: (string (string_content)) value: (for_expression variable: (identifier) index: (identifier) collection: (identifier) body: (if_body condition: (identifier) body: (object))))",
        ),
        (
            "resource a 'b' = {\n  @batchSize(1)\n  resource c 'd' = {}\n  resource: 1\n}",
            "(resource_declaration name: (identifier) type: (string (string_content)) value: (object (resource_declaration decorator: (decorator expression: (call_expression function: (identifier) arguments: (arguments (integer)))) name: (identifier) type: (string (string_content)) value: (object)) (object_property name: (identifier) value: (integer))))",
        ),
        (
            "module a './${b}.bicep' = {}",
            "(module_declaration name: (identifier) path: (string (string_content) (interpolation expression: (identifier)) (string_content)) value: (object))",
        ),
        (
            "module a 'b' = if (c) {}",
            "(module_declaration name: (identifier) path: (string (string_content)) value: (if_body condition: (identifier) body: (object)))",
        ),
        (
            "module a 'b' = [\n  for x in y: {}\n]",
            "(module_declaration name: (identifier) path: (string (string_content)) value: (for_expression variable: (identifier) collection: (identifier) body: (object)))",
        ),
    ]);
}

#[test]
fn files_refer_to_files_and_extensions() {
    trees(&[
        (
            "import * as a from 'b'",
            "(import_declaration imports: (import_wildcard alias: (identifier)) path: (string (string_content)))",
        ),
        (
            "import { a, b as c } from 'd'",
            "(import_declaration imports: (import_list (import_item name: (identifier)) (import_item name: (identifier) alias: (identifier))) path: (string (string_content)))",
        ),
        (
            "import {\n  'a-b' as c\n} from 'd'",
            "(import_declaration imports: (import_list (import_item name: (string (string_content)) alias: (identifier))) path: (string (string_content)))",
        ),
        ("extension a", "(extension_declaration specification: (identifier))"),
        (
            "extension a with {} as b",
            "(extension_declaration specification: (identifier) configuration: (object) alias: (identifier))",
        ),
        ("extension 'a' as b", "(extension_declaration specification: (string (string_content)) alias: (identifier))"),
        ("provider 'a'", "(extension_declaration specification: (string (string_content)))"),
        ("import 'a' as b", "(extension_declaration specification: (string (string_content)) alias: (identifier))"),
        (
            "extensionConfig a with {\n  b: c\n}",
            "(extension_config_assignment alias: (identifier) configuration: (object (object_property name: (identifier) value: (identifier))))",
        ),
        ("using 'a'", "(using_declaration path: (string (string_content)))"),
        ("using none", "(using_declaration)"),
        ("using 'a' with {}", "(using_declaration path: (string (string_content)) configuration: (object))"),
        ("extends 'a'", "(extends_declaration path: (string (string_content)))"),
    ]);
}

#[test]
fn decorators_stand_above() {
    trees(&[
        (
            "@a()\n@b.c('d')\n\n// Why.\nparam x string",
            "(parameter_declaration decorator: (decorator expression: (call_expression function: (identifier) arguments: (arguments))) decorator: (decorator expression: (call_expression object: (identifier) function: (identifier) arguments: (arguments (string (string_content))))) (comment) name: (identifier) type: (type_identifier))",
        ),
        (
            "@secure\nparam x string",
            "(parameter_declaration decorator: (decorator expression: (identifier)) name: (identifier) type: (type_identifier))",
        ),
    ]);
}

#[test]
fn types() {
    trees(&[
        (
            "type a = b.c",
            "(type_declaration name: (identifier) value: (type_member object: (type_identifier) property: (identifier)))",
        ),
        ("type a = string[]", "(type_declaration name: (identifier) value: (array_type element: (type_identifier)))"),
        ("type a = string?", "(type_declaration name: (identifier) value: (nullable_type type: (type_identifier)))"),
        ("type a = b!", "(type_declaration name: (identifier) value: (non_nullable_type type: (type_identifier)))"),
        ("type a = -1", "(type_declaration name: (identifier) value: (unary_type operand: (integer)))"),
        (
            "type a = true | null | 1",
            "(type_declaration name: (identifier) value: (union_type member: (boolean) member: (null) member: (integer)))",
        ),
        (
            "type a = 'b' | 'c'",
            "(type_declaration name: (identifier) value: (union_type member: (string (string_content)) member: (string (string_content))))",
        ),
        (
            "type a =\n  | 'b'\n  | 'c'",
            "(type_declaration name: (identifier) value: (union_type member: (string (string_content)) member: (string (string_content))))",
        ),
        (
            "type a = ('b' | 'c')[]?",
            "(type_declaration name: (identifier) value: (nullable_type type: (array_type element: (parenthesized_type type: (union_type member: (string (string_content)) member: (string (string_content)))))))",
        ),
        (
            "type a = {\n  b: string\n  'c-d': int?\n  @e()\n  f: 'g'\n    | 'h'\n  *: bool\n}",
            "(type_declaration name: (identifier) value: (object_type (object_type_property name: (identifier) type: (type_identifier)) (object_type_property name: (string (string_content)) type: (nullable_type type: (type_identifier))) (object_type_property decorator: (decorator expression: (call_expression function: (identifier) arguments: (arguments))) name: (identifier) type: (union_type member: (string (string_content)) member: (string (string_content)))) (object_type_additional_properties type: (type_identifier))))",
        ),
        (
            "type a = [string, int]",
            "(type_declaration name: (identifier) value: (tuple_type (tuple_type_item type: (type_identifier)) (tuple_type_item type: (type_identifier))))",
        ),
        (
            "type a = [\n  @b()\n  string\n]",
            "(type_declaration name: (identifier) value: (tuple_type (tuple_type_item decorator: (decorator expression: (call_expression function: (identifier) arguments: (arguments))) type: (type_identifier))))",
        ),
        (
            "type a = resourceInput<'b@c'>.properties",
            "(type_declaration name: (identifier) value: (type_member object: (parameterized_type name: (type_identifier) arguments: (type_arguments (string (string_content)))) property: (identifier)))",
        ),
        (
            "type a = resource<'b'>",
            "(type_declaration name: (identifier) value: (parameterized_type name: (type_identifier) arguments: (type_arguments (string (string_content)))))",
        ),
        (
            "type a = sys.resourceOutput<'b'>",
            "(type_declaration name: (identifier) value: (parameterized_type object: (type_identifier) name: (identifier) arguments: (type_arguments (string (string_content)))))",
        ),
        (
            "type a = b[*].c",
            "(type_declaration name: (identifier) value: (type_member object: (type_items object: (type_identifier)) property: (identifier)))",
        ),
        (
            "type a = b.*",
            "(type_declaration name: (identifier) value: (type_additional_properties object: (type_identifier)))",
        ),
        (
            "type a = b[0]",
            "(type_declaration name: (identifier) value: (type_index object: (type_identifier) index: (integer)))",
        ),
    ]);
}

#[test]
fn literals_and_strings() {
    trees(&[
        ("var a = true", "(variable_declaration name: (identifier) value: (boolean))"),
        ("var a = null", "(variable_declaration name: (identifier) value: (null))"),
        ("var a = ''", "(variable_declaration name: (identifier) value: (string))"),
        (
            "var a = 'b${c}d'",
            "(variable_declaration name: (identifier) value: (string (string_content) (interpolation expression: (identifier)) (string_content)))",
        ),
        (
            "var a = '${'${b}'}${c}'",
            "(variable_declaration name: (identifier) value: (string (interpolation expression: (string (interpolation expression: (identifier)))) (interpolation expression: (identifier))))",
        ),
        (
            "var a = '\\n\\u{1F600}\\'\\$b'",
            "(variable_declaration name: (identifier) value: (string (escape_sequence) (escape_sequence) (escape_sequence) (escape_sequence) (string_content)))",
        ),
        (
            "var a = '$b $$${c}'",
            "(variable_declaration name: (identifier) value: (string (string_content) (interpolation expression: (identifier))))",
        ),
        ("var a = 'http://b/*c*/'", "(variable_declaration name: (identifier) value: (string (string_content)))"),
        (
            "var a = '''b'${c}''d'''",
            "(variable_declaration name: (identifier) value: (multiline_string start: (multiline_start) (string_content)))",
        ),
        (
            "var a = ''''b''''",
            "(variable_declaration name: (identifier) value: (multiline_string start: (multiline_start) (string_content) (string_content)))",
        ),
        (
            "var a = $'''b\n${c}$d'''",
            "(variable_declaration name: (identifier) value: (multiline_string start: (multiline_start) (string_content) (interpolation expression: (identifier)) (string_content)))",
        ),
        (
            "var a = $$'''${b}$${c}$$${d}'''",
            "(variable_declaration name: (identifier) value: (multiline_string start: (multiline_start) (string_content) (interpolation expression: (identifier)) (string_content) (interpolation expression: (identifier))))",
        ),
    ]);
}

#[test]
fn objects_and_arrays() {
    trees(&[
        ("var a = {}", "(variable_declaration name: (identifier) value: (object))"),
        (
            "var a = { b: 1, 'c': 2 }",
            "(variable_declaration name: (identifier) value: (object (object_property name: (identifier) value: (integer)) (object_property name: (string (string_content)) value: (integer))))",
        ),
        (
            "var a = {\n  if: 1\n  'b${c}': 2\n  ...d\n}",
            "(variable_declaration name: (identifier) value: (object (object_property name: (identifier) value: (integer)) (object_property name: (string (string_content) (interpolation expression: (identifier))) value: (integer)) (spread value: (identifier))))",
        ),
        (
            "var a = [\n  1\n\n  // Why.\n  2\n]",
            "(variable_declaration name: (identifier) value: (array (integer) (comment) (integer)))",
        ),
        (
            "var a = [1, ...b,]",
            "(variable_declaration name: (identifier) value: (array (integer) (spread value: (identifier))))",
        ),
        (
            "var a = [for x in y: x]",
            "(variable_declaration name: (identifier) value: (for_expression variable: (identifier) collection: (identifier) body: (identifier)))",
        ),
        (
            "var a = {\n  b: [for (x, i) in y: {\n    c: i\n  }]\n}",
            "(variable_declaration name: (identifier) value: (object (object_property name: (identifier) value: (for_expression variable: (identifier) index: (identifier) collection: (identifier) body: (object (object_property name: (identifier) value: (identifier)))))))",
        ),
    ]);
}

#[test]
fn expressions_have_their_fields() {
    trees(&[
        (
            "var a = b.?c",
            "(variable_declaration name: (identifier) value: (member_expression object: (identifier) property: (identifier)))",
        ),
        (
            "var a = b[?^1]",
            "(variable_declaration name: (identifier) value: (index_expression object: (identifier) index: (integer)))",
        ),
        (
            "var a = b::c",
            "(variable_declaration name: (identifier) value: (resource_access object: (identifier) property: (identifier)))",
        ),
        ("var a = b!", "(variable_declaration name: (identifier) value: (non_null_assertion operand: (identifier)))"),
        (
            "var a = f()",
            "(variable_declaration name: (identifier) value: (call_expression function: (identifier) arguments: (arguments)))",
        ),
        (
            "var a = f(\n  b,\n  c\n)",
            "(variable_declaration name: (identifier) value: (call_expression function: (identifier) arguments: (arguments (identifier) (identifier))))",
        ),
        (
            "var a = b.f(c)",
            "(variable_declaration name: (identifier) value: (call_expression object: (identifier) function: (identifier) arguments: (arguments (identifier))))",
        ),
        (
            "var a = b + c",
            "(variable_declaration name: (identifier) value: (binary_expression left: (identifier) right: (identifier)))",
        ),
        ("var a = -b", "(variable_declaration name: (identifier) value: (unary_expression operand: (identifier)))"),
        (
            "var a = (b)",
            "(variable_declaration name: (identifier) value: (parenthesized_expression expression: (identifier)))",
        ),
        (
            "var a = b => c",
            "(variable_declaration name: (identifier) value: (lambda_expression parameter: (identifier) body: (identifier)))",
        ),
        (
            "var a = (\n  // Why.\n  b,\n  c\n) => d",
            "(variable_declaration name: (identifier) value: (lambda_expression parameters: (lambda_parameters (comment) parameter: (identifier) parameter: (identifier)) body: (identifier)))",
        ),
        (
            "var a = f(b =>\n  c)",
            "(variable_declaration name: (identifier) value: (call_expression function: (identifier) arguments: (arguments (lambda_expression parameter: (identifier) body: (identifier)))))",
        ),
    ]);
}

#[test]
fn a_ternary_goes_on_in_the_next_line() {
    trees(&[
        (
            "var a = b\n  ? c // Why.\n\n  // Why not.\n  : d",
            "(variable_declaration name: (identifier) value: (conditional_expression condition: (identifier) consequence: (identifier) (comment) (comment) alternative: (identifier)))",
        ),
        (
            "var a = f(b\n  ? c\n  : d)\nvar e = 1",
            "(variable_declaration name: (identifier) value: (call_expression function: (identifier) arguments: (arguments (conditional_expression condition: (identifier) consequence: (identifier) alternative: (identifier))))) (variable_declaration name: (identifier) value: (integer))",
        ),
    ]);
}

#[test]
fn words_are_keywords_only_where_they_have_to_be() {
    trees(&[
        ("param param string", "(parameter_declaration name: (identifier) type: (type_identifier))"),
        ("var for = type", "(variable_declaration name: (identifier) value: (identifier))"),
        ("type resource = var", "(type_declaration name: (identifier) value: (type_identifier))"),
        (
            "var a = resource.if.for(in)",
            "(variable_declaration name: (identifier) value: (call_expression object: (member_expression object: (identifier) property: (identifier)) function: (identifier) arguments: (arguments (identifier))))",
        ),
        ("var a = [b, for]", "(variable_declaration name: (identifier) value: (array (identifier) (identifier)))"),
        (
            "output output object = {\n  resource: param\n  module: func(using)\n}",
            "(output_declaration name: (identifier) type: (type_identifier) value: (object (object_property name: (identifier) value: (identifier)) (object_property name: (identifier) value: (call_expression function: (identifier) arguments: (arguments (identifier))))))",
        ),
    ]);
}

#[test]
fn comments_and_pragmas_stand_anywhere() {
    trees(&[
        (
            "#disable-next-line a-b c // Why.\nvar a = 1 /* b\n*/",
            "(diagnostic_pragma) (comment) (variable_declaration name: (identifier) value: (integer)) (comment)",
        ),
        ("// Only this.", "(comment)"),
    ]);
}

/// The kinds of the declarations at the top, and `ERROR` where there is none.
fn declarations(source: &str) -> Vec<String> {
    let tree = parse(source);
    assert!(tree.root_node().has_error(), "{source}");
    let root = tree.root_node();
    let children = (0..root.named_child_count()).filter_map(|i| root.named_child(u32::try_from(i).ok()?));
    let name = |it: Node| it.child_by_field_name("name").map(|name| source[name.byte_range()].to_owned());
    children.map(|it| name(it).unwrap_or_else(|| it.kind().to_owned())).collect()
}

#[test]
fn an_error_stays_in_its_declaration() {
    for broken in [
        "param",
        "param x",
        "param x @@@",
        "var x =",
        "var x = a +",
        "var x = 'a",
        "var x = 'a ${b",
        "var x = f(a,",
        "var x = (a",
        "var x = {",
        "var x = [\n  a",
        "var x = {\n  a: b c\n}",
        "var x = a b",
        "wrong",
        "resource a 'b' =",
        "resource a 'b' = if (true)",
        "resource a 'b' = if (c\n",
        "resource a 'b' = {\n  c: {\n    d: @\n  }\n}",
        "module a 'b' = {\n  params: {\n    c:\n  }\n}",
        "type a = 'b' |",
        "func f() string =>",
        "output a string = [for x in: 1]",
        "@description('a'\nparam x string",
    ] {
        for between in ["\n", "\n\n// A comment.\n"] {
            let found = declarations(&format!("var before = 1\n{broken}{between}var after = 1\nvar last = 2\n"));
            assert_eq!(found.first().map(String::as_str), Some("before"), "{broken}: {found:?}");
            assert!(found.ends_with(&["after".to_owned(), "last".to_owned()]), "{broken}: {found:?}");
        }
    }
}

#[test]
fn what_the_compiler_refuses_is_refused() {
    for source in [
        "var x = [a,\n b]",
        "var x = f(a,)",
        "var x = f(a\n, b)",
        "var x = (\n a\n)",
        "var x = a +\n b",
        "var x = a\n + b",
        "var x = a ?\n b : c",
        "var x = '${f(\n a)}'",
        "var x = 'a\\q'",
        "var x = '\\u{110000}'",
        "var x = a.true",
        "var x = {\n null: 1\n}",
        "var x = '''a",
        "/* a",
        "@a() param x string",
        "var x = 1 var y = 2",
    ] {
        assert!(parse(source).root_node().has_error(), "{source}");
    }
}

#[test]
fn deep_and_broken_files_take_linear_time() {
    for (open, close) in [("[", "]"), ("f(", ")"), ("'${", "}'"), ("a ? b : ", ""), ("[", ""), ("{a:", ""), ("'''", "")]
    {
        let count = 20_000;
        let source = format!("var x = {}a{}\n", open.repeat(count), close.repeat(count));
        assert_eq!(parse(&source).root_node().end_byte(), source.len(), "{open}");
    }
    let source = format!("var x = '''{}", "text\n".repeat(200_000));
    assert!(parse(&source).root_node().has_error());
}
