//! Figures of effects by month, of subgroups and of balance.

use super::{figure, figures, itt};

#[test]
fn dump() {
    for (name, results) in
        [("itt", itt::whole()), ("crowded", itt::crowded()), ("gaps", itt::with_gaps())]
    {
        for f in figures(&results, ips_eval::render::Audience::Publication) {
            if ["effect_by_month", "subgroups", "love_plot"].contains(&f.name) {
                let png = ips_eval::render::png::from_svg(&f.svg, 1.5).unwrap();
                std::fs::write(format!("/tmp/figs_{name}_{}.png", f.name), png).unwrap();
            }
        }
    }
    let _ = figure(&itt::whole(), "love_plot");
}
