//! Charts drawn on the server: one visit's bar, rows by size, stacked columns, a line. Each has a title, a description
//! in words and the table it was drawn from, so that nothing is told by colour or shape alone.
//!
//! Whole numbers only, in tenths of a unit: the same figures give the same picture. Never reads a database.

use std::fmt::Write;

use billing::Money;
use billing::balance::Standing;

/// Tenths of a unit in a unit of the picture.
const TENTHS: i64 = 10;
/// Width of a chart in units, as the panels of the desk are.
const WIDTH: i64 = 584;
/// Height of the plot of columns and lines.
const PLOT: i64 = 172;
/// Top of that plot; the total of the highest column stands above it.
const TOP: i64 = 34;
/// Left edge of that plot; the scale stands left of it.
const LEFT: i64 = 44;
/// Height of one row.
const ROW: i64 = 25;
/// Space between the parts of a stack.
const SEAM: i64 = 10;

/// What a part of a chart stands for; the style sheet gives it its colour in light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Payers' money.
    Payer,
    /// The patient's money.
    Patient,
    /// What the patient has paid.
    PatientPaid,
    /// Owed by nobody.
    Nobody,
    /// Open and late.
    Open,
    /// Ages from new to old.
    Age1,
    /// The second age.
    Age2,
    /// The third age.
    Age3,
    /// The oldest.
    Age4,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Payer => "payer",
            Tone::Patient => "patient",
            Tone::PatientPaid => "patient-paid",
            Tone::Nobody => "nobody",
            Tone::Open => "open",
            Tone::Age1 => "age1",
            Tone::Age2 => "age2",
            Tone::Age3 => "age3",
            Tone::Age4 => "age4",
        }
    }
}

/// A kind of part, the same in each bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its name in the legend and the table's head.
    pub name: String,
    /// Its colour.
    pub tone: Tone,
}

/// One bar: a label, a small note beside it, and an amount for each series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// A code or count beside the label; may be empty.
    pub note: String,
    /// Amounts in the order of the series; negative ones are drawn as nothing and stand in the table.
    pub parts: Vec<Money>,
}

impl Bar {
    fn total(&self) -> Money {
        self.parts.iter().sum()
    }

    fn drawn(&self) -> i64 {
        self.parts.iter().map(|part| part.cents().max(0)).fold(0, i64::saturating_add)
    }
}

/// What a chart is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Key of its elements on the page: letters and hyphens.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// What one should see in it, in a sentence.
    pub description: String,
    /// Head of the first column of the table.
    pub label_head: &'static str,
    /// The parts of each bar.
    pub series: Vec<Series>,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// Stacked columns with a scale: money by age.
pub fn columns(chart: &Chart) -> String {
    let most = chart.bars.iter().map(Bar::drawn).max().unwrap_or(0);
    let (step, top) = scale(most);
    let mut svg = opened(chart, TOP + PLOT + 28);
    grid(&mut svg, step, top);
    let slot = (WIDTH - LEFT) * TENTHS / i64::try_from(chart.bars.len().max(1)).unwrap_or(1);
    let width = (slot * 6 / 10).min(64 * TENTHS);
    for (place, bar) in (0_i64..).zip(&chart.bars) {
        let x = LEFT * TENTHS + slot * place + (slot - width) / 2;
        let mut y = (TOP + PLOT) * TENTHS;
        for (part, series) in bar.parts.iter().zip(&chart.series) {
            let height = length(part.cents(), top, PLOT * TENTHS);
            if height == 0 {
                continue;
            }
            y -= height;
            rectangle(&mut svg, series.tone, (x, y), (width, (height - SEAM).max(1)));
        }
        let middle = x + width / 2;
        text(&mut svg, "bold", (middle, y - 70), Anchor::Middle, &rounded(bar.total()));
        text(&mut svg, "", (middle, (TOP + PLOT + 17) * TENTHS), Anchor::Middle, &bar.label);
    }
    closed(svg)
}

/// Horizontal bars, the largest first as given, each with its amount.
pub fn rows(chart: &Chart) -> String {
    const BAR_LEFT: i64 = 212;
    const BAR_WIDTH: i64 = 268;
    let most = chart.bars.iter().map(Bar::drawn).max().unwrap_or(0);
    let count = i64::try_from(chart.bars.len()).unwrap_or(0);
    let mut svg = opened(chart, 10 + ROW * count.max(1));
    for (place, bar) in (0_i64..).zip(&chart.bars) {
        let base = (18 + ROW * place) * TENTHS;
        text(&mut svg, "bold", (0, base), Anchor::Start, &bar.label);
        text(&mut svg, "faint", (204 * TENTHS, base), Anchor::End, &bar.note);
        let mut x = BAR_LEFT * TENTHS;
        for (part, series) in bar.parts.iter().zip(&chart.series) {
            let width = length(part.cents(), most, BAR_WIDTH * TENTHS);
            if width > 0 {
                rectangle(&mut svg, series.tone, (x, base - 90), ((width - SEAM / 2).max(1), 11 * TENTHS));
                x += width;
            }
        }
        text(&mut svg, "", (WIDTH * TENTHS, base), Anchor::End, &rounded(bar.total()));
    }
    closed(svg)
}

/// A line through the totals of the bars, in their order: money by month.
pub fn line(chart: &Chart) -> String {
    let most = chart.bars.iter().map(Bar::drawn).max().unwrap_or(0);
    let (step, top) = scale(most);
    let mut svg = opened(chart, TOP + PLOT + 28);
    grid(&mut svg, step, top);
    let gaps = i64::try_from(chart.bars.len().saturating_sub(1).max(1)).unwrap_or(1);
    let span = (WIDTH - LEFT - 48) * TENTHS;
    let at = |place: i64, bar: &Bar| {
        let x = (LEFT + 24) * TENTHS + span * place / gaps;
        (x, (TOP + PLOT) * TENTHS - length(bar.drawn(), top, PLOT * TENTHS))
    };
    let points: Vec<(i64, i64)> = (0_i64..).zip(&chart.bars).map(|(place, bar)| at(place, bar)).collect();
    let joined: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", tenths(*x), tenths(*y))).collect();
    let _ = write!(svg, "<polyline class=\"trend\" points=\"{}\"/>", joined.join(" "));
    for ((x, y), bar) in points.into_iter().zip(&chart.bars) {
        let _ = write!(svg, "<circle class=\"point\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", tenths(x), tenths(y));
        text(&mut svg, "bold", (x, y - 80), Anchor::Middle, &rounded(bar.total()));
        text(&mut svg, "", (x, (TOP + PLOT + 17) * TENTHS), Anchor::Middle, &bar.label);
    }
    closed(svg)
}

/// The bar of one visit: what nobody owes, what payers paid, what waits with them, what was paid and what is owed.
pub fn visit(standing: &Standing) -> String {
    const HEIGHT: i64 = 168;
    let parts = [
        ("Owed by nobody", "nobody", standing.adjusted + standing.written_off),
        ("Paid by the plan", "payer", standing.paid_by_payers),
        ("Set apart", "owed", standing.in_suspense),
        ("With the plan", "owed", standing.with_payers),
        ("Paid by the patient", "patient-paid", standing.paid_by_patient),
        ("Owed now", "patient", standing.patient_owes),
    ];
    let shown: Vec<_> = parts.into_iter().filter(|(_, _, amount)| amount.is_positive()).collect();
    let told: Vec<String> = shown.iter().map(|(name, _, amount)| format!("{amount} {}", name.to_lowercase())).collect();
    let mut svg = format!(
        "<svg class=\"chart visit\" viewBox=\"0 0 256 {HEIGHT}\" role=\"img\" aria-label=\"Of {} charged: {}.\">",
        standing.charged,
        escaped(&told.join(", "))
    );
    let whole = shown.iter().map(|(_, _, amount)| amount.cents()).fold(0, i64::saturating_add);
    let mut y = 20;
    let mut lowest = 0;
    for (name, class, amount) in shown {
        let height = length(amount.cents(), whole, (HEIGHT - 6) * TENTHS).max(TENTHS);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"0\" y=\"{}\" width=\"28\" height=\"{}\"/>",
            tenths(y),
            tenths((height - SEAM).max(TENTHS))
        );
        // Words of thin parts keep a line's distance, so that they never cover each other.
        let base = (y + height / 2 + 40).max(lowest + 14 * TENTHS).min((HEIGHT - 2) * TENTHS);
        lowest = base;
        let weight = if class == "patient" { "bold" } else { "" };
        text(&mut svg, weight, (40 * TENTHS, base), Anchor::Start, name);
        text(&mut svg, weight, (252 * TENTHS, base), Anchor::End, &amount.to_string());
        y += height;
    }
    closed(svg)
}

/// The table a chart was drawn from, to the cent, with a column of sums where there is more than one series.
pub fn table(chart: &Chart) -> String {
    let mut html = format!("<table aria-labelledby=\"{}-title\"><thead><tr>", chart.id);
    let _ = write!(html, "<th scope=\"col\">{}</th>", escaped(chart.label_head));
    let sums = chart.series.len() > 1;
    for series in &chart.series {
        let _ = write!(html, "<th scope=\"col\" class=\"num\">{}</th>", escaped(&series.name));
    }
    if sums {
        html.push_str("<th scope=\"col\" class=\"num\">Total</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for bar in &chart.bars {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escaped(&bar.label));
        for part in &bar.parts {
            let _ = write!(html, "<td class=\"num\">{}</td>", ledger_figure(*part));
        }
        if sums {
            let _ = write!(html, "<td class=\"num\">{}</td>", ledger_figure(bar.total()));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// The legend: a colour never stands without its word.
pub fn legend(chart: &Chart) -> String {
    let mut html = String::from("<p class=\"legend\">");
    for series in &chart.series {
        let _ = write!(
            html,
            "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg>{}</span>",
            series.tone.class(),
            escaped(&series.name)
        );
    }
    html.push_str("</p>");
    html
}

#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

fn opened(chart: &Chart, height: i64) -> String {
    let id = chart.id;
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
        escaped(&chart.title),
        escaped(&chart.description)
    )
}

fn closed(mut svg: String) -> String {
    svg.push_str("</svg>");
    svg
}

/// A round step for the scale and the top of it, in cents: 1, 2 or 5 times a power of ten, at most five steps.
fn scale(most: i64) -> (i64, i64) {
    let mut step: i64 = 100;
    while most > step.saturating_mul(5) {
        // 1 → 2 → 5 → 10: times 2, but 2.5 where the leading digit is 2.
        let mut leading = step;
        while leading >= 10 {
            leading /= 10;
        }
        step = if leading == 2 { step / 2 * 5 } else { step.saturating_mul(2) };
        if step >= i64::MAX / 10 {
            break;
        }
    }
    let steps = most.max(1).saturating_add(step - 1) / step;
    (step, step.saturating_mul(steps.max(1)))
}

fn grid(svg: &mut String, step: i64, top: i64) {
    let mut value = 0;
    while value <= top {
        let y = (TOP + PLOT) * TENTHS - length(value, top, PLOT * TENTHS);
        let class = if value == 0 { "axis" } else { "grid" };
        let _ = write!(svg, "<path class=\"{class}\" d=\"M{LEFT} {}H{WIDTH}\"/>", tenths(y));
        text(svg, "faint", ((LEFT - 8) * TENTHS, y + 40), Anchor::End, &short(value));
        value = value.saturating_add(step);
    }
}

/// Part of `room` that `value` takes of `whole`; nothing for what is not positive.
fn length(value: i64, whole: i64, room: i64) -> i64 {
    if value <= 0 || whole <= 0 {
        return 0;
    }
    i64::try_from(i128::from(value) * i128::from(room) / i128::from(whole)).unwrap_or(room).min(room)
}

fn rectangle(svg: &mut String, tone: Tone, (x, y): (i64, i64), (width, height): (i64, i64)) {
    let _ = write!(
        svg,
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        tone.class(),
        tenths(x),
        tenths(y),
        tenths(width),
        tenths(height)
    );
}

fn text(svg: &mut String, class: &str, (x, y): (i64, i64), anchor: Anchor, words: &str) {
    if words.is_empty() {
        return;
    }
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let anchor = match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let _ = write!(svg, "<text{class} x=\"{}\" y=\"{}\"{anchor}>{}</text>", tenths(x), tenths(y), escaped(words));
}

fn tenths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    if value.is_multiple_of(10) {
        format!("{sign}{}", value / 10)
    } else {
        format!("{sign}{}.{}", value / 10, value % 10)
    }
}

/// Whole dollars for the picture; the table has the cents.
fn rounded(amount: Money) -> String {
    let whole = amount.to_string();
    let dollars = whole.split('.').next().unwrap_or_default();
    dollars.trim_start_matches('-').to_owned() + if amount.is_negative() { " owed back" } else { "" }
}

/// "0", "500", "100k", "2M" for the scale.
fn short(cents: i64) -> String {
    let dollars = cents / 100;
    match dollars {
        1_000_000.. if dollars % 1_000_000 == 0 => format!("{}M", dollars / 1_000_000),
        1_000.. if dollars % 1_000 == 0 => format!("{}k", dollars / 1_000),
        _ => dollars.to_string(),
    }
}

fn ledger_figure(amount: Money) -> String {
    if amount.is_negative() { format!("<span class=\"neg\">({})</span>", amount.abs()) } else { amount.to_string() }
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ageing() -> Chart {
        let bar = |label: &str, payer: i64, patient: i64| Bar {
            label: label.into(),
            note: String::new(),
            parts: vec![Money::from_cents(payer), Money::from_cents(patient)],
        };
        Chart {
            id: "age",
            title: "Receivable by age".into(),
            description: "462,535 open; \"old\" <b>is</b> 13.9 percent.".into(),
            label_head: "Age",
            series: vec![
                Series { name: "Payers".into(), tone: Tone::Payer },
                Series { name: "Patients".into(), tone: Tone::Patient },
            ],
            bars: vec![
                bar("0 to 30 days", 21_430_000, 3_820_000),
                bar("31 to 60 days", 7_145_000, 2_490_000),
                bar("Over 60 days", -500, 0),
            ],
        }
    }

    #[test]
    fn each_chart_has_a_title_a_description_and_its_table_to_the_cent() {
        for svg in [columns(&ageing()), rows(&ageing()), line(&ageing())] {
            assert!(svg.starts_with("<svg class=\"chart\"") && svg.ends_with("</svg>"));
            assert!(svg.contains("<title id=\"age-title\">Receivable by age</title>"));
            assert!(svg.contains("&lt;b&gt;is&lt;/b&gt;") && !svg.contains("<b>"));
            assert!(!svg.contains("NaN") && !svg.contains("height=\"-"));
        }
        let table = table(&ageing());
        assert!(table.contains("252,500.00") && table.contains("<span class=\"neg\">(5.00)</span>"));
        assert!(legend(&ageing()).contains("Patients"));
    }

    #[test]
    fn scales_are_round_and_reach_over_the_highest_bar() {
        for most in [0, 1, 99, 100, 501, 25_250_000, 999_999_999, i64::MAX / 20] {
            let (step, top) = scale(most);
            assert!(top >= most && top / step <= 5, "{most}: {step} {top}");
            let digits = step.to_string();
            assert!(["1", "2", "5"].contains(&&digits[..1]) && digits[1..].bytes().all(|b| b == b'0'), "{step}");
        }
    }

    #[test]
    fn a_visits_bar_names_every_part_and_leaves_out_what_is_nothing() {
        let standing = Standing {
            charged: Money::from_cents(41_200),
            adjusted: Money::from_cents(17_650),
            paid_by_payers: Money::from_cents(11_784),
            paid_by_patient: Money::from_cents(2_500),
            patient_owes: Money::from_cents(9_266),
            ..Standing::default()
        };
        let svg = visit(&standing);
        assert!(svg.contains("Of 412.00 charged: 176.50 owed by nobody, 117.84 paid by the plan, 25.00 paid by the patient, 92.66 owed now."));
        assert!(!svg.contains("With the plan"));
        assert!(visit(&Standing::default()).ends_with("</svg>"));
    }
}
