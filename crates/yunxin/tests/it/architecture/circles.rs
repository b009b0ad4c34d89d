//! Finds modules of a crate that need each other: to understand one of them, all have to be read.
//!
//! A module needs its children, and what it imports, where that is defined; its parents are its name space, and a
//! re-export is no need.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Import, imports, sources};

type Module = Vec<String>;

/// Modules that can be reached from themselves.
pub(super) fn circles(name: &str) -> Vec<String> {
    let needs = needs(&modules(&sources(&format!("{name}/src")), name));
    let in_circle = |module: &&Module| reached_from(module, &needs).contains(*module);
    let names = needs.keys().filter(in_circle);
    names
        .map(|module| format!("{name}::{}", module.join("::")))
        .collect()
}

fn modules(files: &BTreeMap<String, String>, name: &str) -> BTreeMap<Module, Vec<Import>> {
    let of_file = |(path, text): (&String, &String)| {
        let path = path.strip_prefix(&format!("{name}/src/")).unwrap();
        let parts = path.trim_end_matches(".rs").split('/');
        let module = parts.filter(|part| *part != "lib" && *part != "main");
        (module.map(str::to_owned).collect(), imports(text))
    };
    files.iter().map(of_file).collect()
}

fn needs(modules: &BTreeMap<Module, Vec<Import>>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut needs = BTreeMap::<Module, BTreeSet<Module>>::new();
    for (module, imports) in modules {
        let Some((_, parent)) = module.split_last() else {
            continue;
        };
        needs
            .entry(parent.to_vec())
            .or_default()
            .insert(module.clone());
        let own = needs.entry(module.clone()).or_default();
        for import in imports.iter().filter(|import| !import.is_reexport) {
            let needed = resolve(module, &import.path, modules);
            own.extend(needed.filter(|needed| !module.starts_with(needed)));
        }
    }
    needs.remove(&vec![]);
    needs
}

/// The module in which a path of `from` is defined, re-exports followed; `None` for one of another crate.
fn resolve(
    from: &[String],
    path: &[String],
    modules: &BTreeMap<Module, Vec<Import>>,
) -> Option<Module> {
    let mut module = from.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => module.clear(),
        "super" | "self" => {}
        first if modules.contains_key(&[from, &[first.to_owned()]].concat()) => {}
        _ => return None,
    }
    if matches!(path[0].as_str(), "crate" | "self") {
        rest = &rest[1..];
    }
    while rest.first().is_some_and(|part| part == "super") {
        module.pop();
        rest = &rest[1..];
    }
    while let Some((part, after)) = rest.split_first() {
        let child = [module.as_slice(), std::slice::from_ref(part)].concat();
        if modules.contains_key(&child) {
            module = child;
        } else {
            let is_named =
                |import: &&Import| import.is_reexport && import.name.as_ref() == Some(part);
            let import = modules.get(&module)?.iter().find(is_named);
            let Some(import) = import else { break };
            return resolve(&module, &[import.path.as_slice(), after].concat(), modules);
        }
        rest = after;
    }
    Some(module)
}

fn reached_from<'a>(
    module: &Module,
    needs: &'a BTreeMap<Module, BTreeSet<Module>>,
) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&Module> = needs.get(module).into_iter().flatten().collect();
    while let Some(one) = next.pop() {
        if reached.insert(one) {
            next.extend(needs.get(one).into_iter().flatten());
        }
    }
    reached
}
