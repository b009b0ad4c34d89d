//! A document as a page that can be printed: no script, nothing that is loaded.

use std::fmt::Write;

use super::sheet::Sheet;

const STYLE: &str = "body{font:15px/1.5 system-ui,'Noto Sans','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif;\
    color:#1a1a1a;background:#fff;max-width:46em;margin:3em auto;padding:0 1.5em}\
    h1{font-size:1.8em;margin:0 0 1em}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.5em;margin:0 0 2em}\
    dt,h2,th{color:#555;font:600 .85em/1.5 system-ui,sans-serif;margin:0}dd{margin:0}.parties{display:grid;grid-template-columns:1fr 1fr;\
    gap:2em;margin:0 0 2.5em}.parties p{margin:.3em 0 0;overflow-wrap:anywhere}table{width:100%;border-collapse:collapse}\
    th{text-align:start;border-bottom:1px solid #999;padding:.4em 0}td{padding:.6em 0;border-bottom:1px solid #ddd}\
    td:last-child,th:last-child{text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}tfoot td{font:600 1em/1.5 system-ui,sans-serif;\
    border:0}.note{color:#555;font-size:.9em;margin-top:2.5em}@media print{body{margin:0;max-width:none}}";

pub(super) fn render(sheet: &Sheet) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} {}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{}</h1>\n<dl>\n",
        sheet.language.tag(),
        escaped(sheet.title),
        escaped(sheet.facts.first().map_or("", |(_, number)| number)),
        escaped(sheet.title),
    );
    for (label, fact) in &sheet.facts {
        let _ = writeln!(
            page,
            "<dt>{}</dt><dd>{}</dd>",
            escaped(label),
            escaped(fact)
        );
    }
    page.push_str("</dl>\n<div class=\"parties\">\n");
    for (label, lines) in &sheet.parties {
        let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
        let lines = lines.join("<br>");
        let _ = writeln!(
            page,
            "<section><h2>{}</h2><p>{lines}</p></section>",
            escaped(label)
        );
    }
    let _ = write!(
        page,
        "</div>\n<table>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n\
         <tbody><tr><td>{}</td><td>{}</td></tr></tbody>\n<tfoot><tr><td>{}</td><td>{}</td></tr></tfoot>\n</table>\n\
         <p class=\"note\">{}</p>\n<p class=\"note\">{}</p>\n</body>\n</html>\n",
        escaped(sheet.description_label),
        escaped(sheet.amount_label),
        escaped(&sheet.description),
        escaped(&sheet.amount),
        escaped(sheet.total_label),
        escaped(&sheet.amount),
        escaped(sheet.settled),
        escaped(&sheet.note),
    );
    page
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(
            escaped("<script>\"a\" & b"),
            "&lt;script&gt;&quot;a&quot; &amp; b"
        );
    }
}
