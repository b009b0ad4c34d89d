//! A document as PDF: one page of A4.
//!
//! Fonts are those that every reader of PDF brings or replaces: nothing is embedded (`docs/decisions/0078`).

mod fonts;
mod text;

use pdf_writer::{Content, Finish, Pdf, Rect, Ref, TextStr};

use super::sheet::Sheet;
use fonts::Face;
use text::{Pen, wrapped};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
/// The first of the fonts' objects.
const FONTS: i32 = 6;

const PAGE_WIDTH: f32 = 595.0;
const PAGE_HEIGHT: f32 = 842.0;
const LEFT: f32 = 56.0;
const RIGHT: f32 = PAGE_WIDTH - 56.0;
const TOP: f32 = PAGE_HEIGHT - 72.0;
/// The left edge of the buyer, and of facts behind their labels.
const MIDDLE: f32 = 306.0;
const FACT_LEFT: f32 = 176.0;
const COLUMN_WIDTH: f32 = 233.0;
const TITLE_SIZE: f32 = 22.0;
const SIZE: f32 = 10.0;
const LABEL_SIZE: f32 = 8.5;
const LINE: f32 = 14.0;

pub(super) fn render(sheet: &Sheet) -> Vec<u8> {
    let content = drawn(sheet);
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG)
        .pages(PAGES)
        .lang(TextStr(sheet.language.tag()));
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let number = sheet.facts.first().map_or("", |(_, number)| number);
    let title = format!("{} {number}", sheet.title);
    pdf.document_info(INFO).title(TextStr(&title));
    let mut page = pdf.page(PAGE);
    page.parent(PAGES)
        .media_box(Rect::new(0.0, 0.0, PAGE_WIDTH, PAGE_HEIGHT))
        .contents(CONTENT);
    let mut resources = page.resources();
    let mut named = resources.fonts();
    for (face, id) in fonts::references(FONTS) {
        named.pair(face.name(), id);
    }
    named.finish();
    resources.finish();
    page.finish();
    pdf.stream(CONTENT, &content);
    for (face, id) in fonts::references(FONTS) {
        fonts::write(&mut pdf, face, id);
    }
    pdf.finish()
}

fn drawn(sheet: &Sheet) -> Vec<u8> {
    let mut content = Content::new();
    let mut pen = Pen::new(&mut content);
    pen.write(sheet.title, (LEFT, TOP), TITLE_SIZE, Face::Bold);
    let below_facts = facts(&mut pen, sheet, TOP - 40.0);
    let below_parties = parties(&mut pen, sheet, below_facts - 26.0);
    let below_table = table(&mut pen, sheet, below_parties - 26.0);
    foot(&mut pen, sheet, below_table - 34.0);
    content.finish().into_vec()
}

fn facts(pen: &mut Pen<'_>, sheet: &Sheet, mut at: f32) -> f32 {
    for (label, fact) in &sheet.facts {
        pen.write(label, (LEFT, at), LABEL_SIZE, Face::Bold);
        pen.write(fact, (FACT_LEFT, at), SIZE, Face::Regular);
        at -= LINE;
    }
    at
}

/// The seller and the buyer side by side. Returns where the longer one ends.
fn parties(pen: &mut Pen<'_>, sheet: &Sheet, top: f32) -> f32 {
    let mut end = top;
    for ((label, lines), left) in sheet.parties.iter().zip([LEFT, MIDDLE]) {
        pen.write(label, (left, top), LABEL_SIZE, Face::Bold);
        let mut at = top - LINE;
        for line in lines {
            for part in wrapped(line, COLUMN_WIDTH, SIZE) {
                pen.write(&part, (left, at), SIZE, Face::Regular);
                at -= LINE;
            }
        }
        end = end.min(at);
    }
    end
}

fn table(pen: &mut Pen<'_>, sheet: &Sheet, top: f32) -> f32 {
    pen.write(sheet.description_label, (LEFT, top), LABEL_SIZE, Face::Bold);
    pen.write_to(sheet.amount_label, (RIGHT, top), LABEL_SIZE, Face::Bold);
    pen.rule(LEFT, RIGHT, top - 6.0);
    let row = top - 22.0;
    pen.write(&sheet.description, (LEFT, row), SIZE, Face::Regular);
    pen.write_to(&sheet.amount, (RIGHT, row), SIZE, Face::Regular);
    pen.rule(LEFT, RIGHT, row - 9.0);
    let total = row - 26.0;
    pen.write(sheet.total_label, (LEFT, total), SIZE, Face::Bold);
    pen.write_to(&sheet.amount, (RIGHT, total), SIZE, Face::Bold);
    total
}

fn foot(pen: &mut Pen<'_>, sheet: &Sheet, mut at: f32) {
    for text in [sheet.settled, &sheet.note] {
        for part in wrapped(text, RIGHT - LEFT, SIZE) {
            pen.write(&part, (LEFT, at), SIZE, Face::Regular);
            at -= LINE;
        }
    }
}
