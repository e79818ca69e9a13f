/**
 * @file Grammar of Bicep, for `.bicep` and `.bicepparam` files.
 *
 * Two properties matter more than brevity:
 *
 * - A tree nests as the Bicep compiler nests it. `!a.b` is `!(a.b)`, `??` leans to the left, a unary operator
 *   takes a member expression and nothing wider, and a lambda's body runs as far to the right as it can.
 * - A line ending is a token. It ends declarations and separates items, so that an error stays in its declaration.
 *
 * Words such as `resource`, `for` and `type` are keywords only where the grammar asks for them.
 */

const PREC = {
  lambda: -1,
  conditional: 1,
  coalesce: 2,
  or: 3,
  and: 4,
  equality: 5,
  comparison: 6,
  sum: 7,
  product: 8,
  unary: 9,
  member: 10,
};

const BINARY_OPERATORS = [
  [PREC.coalesce, ['??']],
  [PREC.or, ['||']],
  [PREC.and, ['&&']],
  [PREC.equality, ['==', '!=', '=~', '!~']],
  [PREC.comparison, ['<', '<=', '>', '>=']],
  [PREC.sum, ['+', '-']],
  [PREC.product, ['*', '/', '%']],
];

/** The end of a line, where the next line may begin a declaration. Within brackets it may not. */
const lineEnd = $ => choice($._newline, seq($._newline_before_declaration, $._declaration_start));

/** Items of an object, an array or a list of imports: apart by line endings or by one comma, never by both. */
const items = ($, item) => seq(
  repeat($._newline),
  optional(seq(item, repeat(seq($._separator, item)), optional($._separator))),
);

/** Arguments: apart by commas, which lines may follow; the last has no comma. */
const argumentsOf = ($, argument) => seq(
  repeat($._newline),
  optional(seq(argument, repeat(seq(',', repeat($._newline), argument)), repeat($._newline))),
);

/** Parameters: apart by commas, with lines before and after each, and perhaps a last comma. */
const parametersOf = ($, parameter) => seq(
  repeat($._newline),
  optional(seq(
    parameter, repeat($._newline),
    repeat(seq(',', repeat($._newline), parameter, repeat($._newline))),
    optional(seq(',', repeat($._newline))),
  )),
);

/** Lines that may end here because of what comes next; the scanner looks, once. */
const lines = ($, first) => optional(seq(first, repeat($._further_newline)));

/** `[for (x, i) in xs: body]`. */
const loopOver = ($, body) => seq(
  '[', repeat($._newline),
  'for',
  choice(
    field('variable', $.identifier),
    seq('(', field('variable', $.identifier), ',', field('index', $.identifier), ')'),
  ),
  'in', field('collection', $._expression),
  ':', field('body', body),
  repeat($._newline), ']',
);

/** `if (condition) { … }`. */
const onlyIf = ($, body) => seq('if', '(', field('condition', $._expression), ')', field('body', body));

/** A declaration with its decorators, each on a line of its own. */
const declared = ($, ...rest) => seq(repeat($._decorator_line), ...rest);

export default grammar({
  name: 'bicep',

  word: $ => $.identifier,

  // `true`, `false` and `null` are never names, not even of properties.
  reserved: {
    global: _ => ['true', 'false', 'null'],
  },

  // The order is that of `enum Token` in `src/scanner.c`.
  externals: $ => [
    $._newline,
    $._newline_before_declaration,
    $._newline_before_question,
    $._newline_before_colon,
    $._newline_before_pipe,
    $._newline_before_if,
    $._newline_before_body,
    $._further_newline,
    $.string_content,
    $._interpolation_start,
    $._interpolation_end,
    $._multiline_start,
    $._multiline_end,
    $.comment,
    $._declaration_start,
    $._unparsed,
    $._error_sentinel,
  ],

  extras: $ => [/[ \t]/, $.comment, $.diagnostic_pragma],

  // `(x)` is an expression in parentheses until `=>` follows.
  conflicts: $ => [[$._primary, $.lambda_parameters]],

  rules: {
    source_file: $ => seq(
      repeat(choice(lineEnd($), seq($._declaration, lineEnd($)))),
      optional($._declaration),
    ),

    _declaration: $ => choice(
      $.target_scope_declaration,
      $.metadata_declaration,
      $.parameter_declaration,
      $.parameter_assignment,
      $.variable_declaration,
      $.type_declaration,
      $.function_declaration,
      $.resource_declaration,
      $.module_declaration,
      $.output_declaration,
      $.assert_declaration,
      $.test_declaration,
      $.import_declaration,
      $.extension_declaration,
      $.extension_config_assignment,
      $.using_declaration,
      $.extends_declaration,
    ),

    // Declarations.

    target_scope_declaration: $ => declared($, 'targetScope', '=', field('value', $._expression)),

    metadata_declaration: $ => declared($, 'metadata', field('name', $.identifier), '=', field('value', $._expression)),

    parameter_declaration: $ => declared($,
      'param', field('name', $.identifier), field('type', $._type),
      optional(seq('=', field('value', $._expression))),
    ),

    parameter_assignment: $ => declared($, 'param', field('name', $.identifier), '=', field('value', $._expression)),

    variable_declaration: $ => declared($,
      'var', field('name', $.identifier), optional(field('type', $._type)),
      '=', field('value', $._expression),
    ),

    type_declaration: $ => declared($, 'type', field('name', $.identifier), '=', field('value', $._type)),

    function_declaration: $ => declared($,
      'func', field('name', $.identifier), field('parameters', $.function_parameters), field('return_type', $._type),
      '=>', lines($, $._newline_before_body), field('body', $._expression),
    ),
    function_parameters: $ => seq('(', parametersOf($, $.function_parameter), ')'),
    function_parameter: $ => seq(field('name', $.identifier), field('type', $._type)),

    resource_declaration: $ => declared($,
      'resource', field('name', $.identifier), field('type', $._string), optional(field('existing', 'existing')),
      '=',
      choice(
        field('value', choice(alias($._resource_body, $.object), alias($._resource_loop, $.for_expression))),
        seq(lines($, $._newline_before_if), field('value', alias($._resource_if, $.if_body))),
      ),
    ),
    _resource_body: $ => seq('{', items($, choice($._resource_property, $.spread, $.resource_declaration)), '}'),
    _resource_property: $ => choice(
      $.object_property,
      // A property may be called `resource`.
      alias($._property_called_resource, $.object_property),
    ),
    _property_called_resource: $ => seq(
      field('name', alias('resource', $.identifier)), ':', field('value', $._expression),
    ),
    _resource_loop: $ => loopOver($, choice(alias($._resource_body, $.object), alias($._resource_if, $.if_body))),
    _resource_if: $ => onlyIf($, alias($._resource_body, $.object)),

    module_declaration: $ => declared($,
      'module', field('name', $.identifier), field('path', $._string),
      '=',
      choice(
        field('value', choice($.object, alias($._module_loop, $.for_expression))),
        seq(lines($, $._newline_before_if), field('value', $.if_body)),
      ),
    ),
    _module_loop: $ => loopOver($, choice($.object, $.if_body)),
    if_body: $ => onlyIf($, $.object),

    output_declaration: $ => declared($,
      'output', field('name', $.identifier), field('type', $._type), '=', field('value', $._expression),
    ),

    assert_declaration: $ => declared($, 'assert', field('name', $.identifier), '=', field('value', $._expression)),

    test_declaration: $ => declared($,
      'test', field('name', $.identifier), field('path', $._string), '=', field('value', $.object),
    ),

    import_declaration: $ => declared($,
      'import', field('imports', choice($.import_wildcard, $.import_list)), 'from', field('path', $._string),
    ),
    import_wildcard: $ => seq('*', 'as', field('alias', $.identifier)),
    import_list: $ => seq('{', items($, $.import_item), '}'),
    import_item: $ => choice(
      seq(field('name', $.identifier), optional(seq('as', field('alias', $.identifier)))),
      seq(field('name', $._string), 'as', field('alias', $.identifier)),
    ),

    // `import 'kubernetes@1.0' as k8s` and `provider …` are what `extension …` was called before.
    extension_declaration: $ => declared($,
      choice(
        seq(choice('extension', 'provider'), field('specification', choice($.identifier, $._string))),
        seq('import', field('specification', $._string)),
      ),
      optional(seq('with', field('configuration', $.object))),
      optional(seq('as', field('alias', $.identifier))),
    ),

    extension_config_assignment: $ => declared($,
      'extensionConfig', field('alias', $.identifier), 'with', field('configuration', $.object),
    ),

    using_declaration: $ => declared($,
      'using', choice(field('path', $._string), field('none', 'none')),
      optional(seq('with', field('configuration', $.object))),
    ),

    extends_declaration: $ => declared($, 'extends', field('path', $._string)),

    _decorator_line: $ => seq(field('decorator', $.decorator), repeat1(lineEnd($))),
    decorator: $ => seq('@', field('expression', $._decorator_expression)),
    _decorator_expression: $ => choice(
      $.identifier,
      alias($._decorator_member, $.member_expression),
      alias($._decorator_call, $.call_expression),
    ),
    _decorator_member: $ => seq(field('object', $._decorator_expression), '.', field('property', $.identifier)),
    _decorator_call: $ => seq(
      optional(seq(field('object', $._decorator_expression), '.')),
      field('function', $.identifier), field('arguments', $.arguments),
    ),

    // Types.

    _type: $ => choice($.resource_type, $._type_expression),
    resource_type: $ => seq('resource', field('path', $._string)),

    _type_expression: $ => choice($.union_type, $._union_member),
    union_type: $ => choice(
      seq($._pipe, field('member', $._union_member), repeat(seq($._pipe, field('member', $._union_member)))),
      seq(field('member', $._union_member), repeat1(seq($._pipe, field('member', $._union_member)))),
    ),
    _pipe: $ => seq(optional($._newline_before_pipe), '|'),

    _union_member: $ => choice($.nullable_type, $.non_nullable_type, $.unary_type, $._member_type),
    nullable_type: $ => seq(field('type', $._union_member), '?'),
    non_nullable_type: $ => seq(field('type', $._union_member), '!'),
    unary_type: $ => seq(field('operator', choice('-', '!')), field('operand', $._member_type)),

    _member_type: $ => choice(
      $.array_type,
      $.type_items,
      $.type_index,
      $.type_member,
      $.type_additional_properties,
      $.parameterized_type,
      $._primary_type,
    ),
    array_type: $ => seq(field('element', $._member_type), '[', ']'),
    type_items: $ => seq(field('object', $._member_type), '[', '*', ']'),
    type_index: $ => seq(field('object', $._member_type), '[', field('index', $._expression), ']'),
    type_member: $ => seq(field('object', $._member_type), '.', field('property', $.identifier)),
    type_additional_properties: $ => seq(field('object', $._member_type), '.', '*'),
    parameterized_type: $ => choice(
      seq(field('name', $._type_name), field('arguments', $.type_arguments)),
      seq(field('object', $._member_type), '.', field('name', $.identifier), field('arguments', $.type_arguments)),
    ),
    type_arguments: $ => seq('<', argumentsOf($, $._type_expression), '>'),

    _primary_type: $ => choice(
      $.integer,
      $.boolean,
      $.null,
      $._string,
      $.object_type,
      $.tuple_type,
      $.parenthesized_type,
      $._type_name,
    ),
    // `resource` without a path, as in `output x resource = …`, is a name like any other.
    _type_name: $ => choice(alias($.identifier, $.type_identifier), alias('resource', $.type_identifier)),

    object_type: $ => seq('{', items($, choice($.object_type_property, $.object_type_additional_properties)), '}'),
    object_type_property: $ => declared($,
      field('name', choice($.identifier, $._string)), ':', field('type', $._type_expression),
    ),
    object_type_additional_properties: $ => declared($, '*', ':', field('type', $._type_expression)),
    tuple_type: $ => seq('[', items($, $.tuple_type_item), ']'),
    tuple_type_item: $ => declared($, field('type', $._type_expression)),
    parenthesized_type: $ => seq('(', field('type', $._type_expression), ')'),

    // Expressions.

    _expression: $ => choice($.conditional_expression, $._operand),

    conditional_expression: $ => prec.right(PREC.conditional, seq(
      field('condition', $._operand),
      lines($, $._newline_before_question), '?',
      field('consequence', $._expression),
      lines($, $._newline_before_colon), ':',
      field('alternative', $._expression),
    )),

    _operand: $ => choice($.binary_expression, $.unary_expression, $._member),

    binary_expression: $ => choice(...BINARY_OPERATORS.map(([precedence, operators]) =>
      prec.left(precedence, seq(
        field('left', $._operand),
        field('operator', operators.length > 1 ? choice(...operators) : operators[0]),
        field('right', $._operand),
      )),
    )),

    unary_expression: $ => prec(PREC.unary, seq(field('operator', choice('!', '-')), field('operand', $._member))),

    _member: $ => choice(
      $.member_expression,
      $.index_expression,
      $.resource_access,
      $.non_null_assertion,
      $.call_expression,
      $._primary,
    ),
    member_expression: $ => prec(PREC.member, seq(
      field('object', $._member), '.', optional(field('safe', '?')), field('property', $.identifier),
    )),
    index_expression: $ => prec(PREC.member, seq(
      field('object', $._member),
      '[', optional(field('safe', '?')), optional(field('from_end', '^')), field('index', $._expression), ']',
    )),
    resource_access: $ => prec(PREC.member, seq(field('object', $._member), '::', field('property', $.identifier))),
    non_null_assertion: $ => prec(PREC.member, seq(field('operand', $._member), '!')),
    call_expression: $ => prec(PREC.member, seq(
      optional(seq(field('object', $._member), '.')),
      field('function', $.identifier), field('arguments', $.arguments),
    )),
    arguments: $ => seq('(', argumentsOf($, $._expression), ')'),

    _primary: $ => choice(
      $.identifier,
      $.integer,
      $.boolean,
      $.null,
      $._string,
      $.object,
      $.array,
      $.for_expression,
      $.parenthesized_expression,
      $.lambda_expression,
    ),

    parenthesized_expression: $ => seq('(', field('expression', $._expression), ')'),

    lambda_expression: $ => prec.right(PREC.lambda, seq(
      choice(field('parameter', $.identifier), field('parameters', $.lambda_parameters)),
      '=>', lines($, $._newline_before_body), field('body', $._expression),
    )),
    lambda_parameters: $ => seq('(', parametersOf($, field('parameter', $.identifier)), ')'),

    object: $ => seq('{', items($, choice($.object_property, $.spread)), '}'),
    object_property: $ => seq(field('name', choice($.identifier, $._string)), ':', field('value', $._expression)),
    array: $ => seq('[', items($, choice($._expression, $.spread)), ']'),
    spread: $ => seq('...', field('value', $._expression)),
    for_expression: $ => loopOver($, $._expression),

    _string: $ => choice($.string, $.multiline_string),
    string: $ => seq(
      '\'',
      repeat(choice($.string_content, $.escape_sequence, $.interpolation)),
      token.immediate('\''),
    ),
    multiline_string: $ => seq(
      field('start', alias($._multiline_start, $.multiline_start)),
      repeat(choice($.string_content, $.interpolation)),
      alias($._multiline_end, '\'\'\''),
    ),
    interpolation: $ => seq(
      alias($._interpolation_start, '${'),
      field('expression', $._expression),
      alias($._interpolation_end, '}'),
    ),
    escape_sequence: _ => token.immediate(/\\([nrt\\'$]|u\{0*([0-9a-fA-F]{1,5}|10[0-9a-fA-F]{4})\})/),

    integer: _ => /[0-9]+/,
    boolean: _ => choice('true', 'false'),
    null: _ => 'null',
    identifier: _ => /[A-Za-z_][A-Za-z0-9_]*/,

    // Trivia and separators.

    _separator: $ => choice(repeat1($._newline), ','),
    diagnostic_pragma: _ => token(seq(
      '#', choice('disable-next-line', 'disable-diagnostics', 'restore-diagnostics'),
      repeat(/[ \t]+[A-Za-z0-9_-]+/),
    )),
  },
});
