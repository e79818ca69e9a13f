//! In: declarations that were read from one text. Out: the same, standing at one place of another.
//! Never: changes what they say.

use std::sync::Arc;

use super::{Declaration, Element, Expr, ExprKind, Field, Inline, Item, Label, Part, Repeat, Yield};
use crate::source::Span;

/// The declarations, every part of which stands at `span`: where somebody says that they hold, and not where they were
/// written down.
pub fn at(items: &[Item], span: Span) -> Vec<Item> {
    let mut items = items.to_vec();
    items.iter_mut().for_each(|item| place(item, span));
    items
}

fn place(item: &mut Item, at: Span) {
    match item {
        Item::Input(input) => {
            label(&mut input.name, at);
            each(&mut input.type_constraint, at);
            each(&mut input.default, at);
            input.span = at;
        }
        Item::Local(local) => {
            label(&mut local.name, at);
            expression(&mut local.value, at);
        }
        Item::Output(output) => {
            label(&mut output.name, at);
            expression(&mut output.value, at);
            each(&mut output.depends_on, at);
        }
        Item::Resource(declared) | Item::Module(declared) => declaration(Arc::make_mut(declared), at),
        Item::Provider { name, body } => {
            label(name, at);
            expression(body, at);
        }
        Item::Terraform(body) | Item::TargetScope(body) | Item::Using(Some(body)) => expression(body, at),
        Item::Assignment(assignment) => {
            label(&mut assignment.name, at);
            expression(&mut assignment.value, at);
        }
        Item::Function { name, body, .. } => {
            label(name, at);
            expression(body, at);
        }
        Item::Import(import) => {
            expression(&mut import.path, at);
            import.span = at;
        }
        Item::Other { span, .. } => *span = at,
        Item::Using(None) | Item::Plan(_) => {}
    }
}

fn declaration(declared: &mut Declaration, at: Span) {
    label(&mut declared.name, at);
    label(&mut declared.type_name, at);
    expression(&mut declared.body, at);
    let others = [
        &mut declared.condition,
        &mut declared.depends_on,
        &mut declared.source,
        &mut declared.version,
        &mut declared.provider,
        &mut declared.lifecycle,
        &mut declared.batch_size,
    ];
    others.into_iter().for_each(|expr| each(expr, at));
    match &mut declared.repeat {
        Some(Repeat::Count(expr) | Repeat::ForEach(expr) | Repeat::Loop { collection: expr, .. }) => {
            expression(expr, at);
        }
        None => {}
    }
    if let Some(inline) = &declared.inline {
        let items = self::at(&inline.items, at);
        declared.inline = Some(Arc::new(Inline { items, shares_scope: inline.shares_scope }));
    }
    declared.nested.iter_mut().for_each(|nested| declaration(Arc::make_mut(nested), at));
    declared.head = at;
    declared.span = at;
}

fn label(label: &mut Label, at: Span) {
    label.span = at;
}

fn each(expr: &mut Option<Expr>, at: Span) {
    expr.iter_mut().for_each(|expr| expression(expr, at));
}

fn expression(expr: &mut Expr, at: Span) {
    expr.span = at;
    let mut next = |expr: &mut Expr| expression(expr, at);
    match &mut expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Broken => {}
        ExprKind::Text(parts) => {
            for part in parts {
                if let Part::Expr(expr) = part {
                    next(expr);
                }
            }
        }
        ExprKind::List(elements) => {
            for element in elements {
                let (Element::Item(expr) | Element::Spread(expr)) = element;
                next(expr);
            }
        }
        ExprKind::Object(fields) => {
            for field in fields {
                match field {
                    Field::Pair { key, value } => {
                        next(key);
                        next(value);
                    }
                    Field::Spread(expr) => next(expr),
                }
            }
        }
        ExprKind::Get { object, .. } | ExprKind::Nested { object, .. } => next(object),
        ExprKind::Index { object, index, .. } => {
            next(object);
            next(index);
        }
        ExprKind::Splat { source, each } => {
            next(source);
            next(each);
        }
        ExprKind::If { condition, then, otherwise } => {
            next(condition);
            next(then);
            next(otherwise);
        }
        ExprKind::For(repeated) => {
            next(&mut repeated.collection);
            repeated.condition.iter_mut().for_each(&mut next);
            match &mut repeated.result {
                Yield::Item(expr) | Yield::Text(expr) => next(expr),
                Yield::Pair { key, value, .. } => {
                    next(key);
                    next(value);
                }
            }
        }
        ExprKind::Sign { operand, .. } => next(operand),
        ExprKind::Binary { left, right, .. } => {
            next(left);
            next(right);
        }
        ExprKind::Call { function_span, receiver, arguments, .. } => {
            receiver.iter_mut().for_each(|receiver| next(receiver));
            arguments.iter_mut().for_each(&mut next);
            *function_span = at;
        }
        ExprKind::Lambda { body, .. } => next(body),
    }
}
