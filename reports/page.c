/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/page.h"

#include <math.h>

static const char style[] =
	":root{--pass:#1a7f37;--fail:#c4161c;--error:#b35900;--marginal:#8a6100;--none:#5b6470;"
	"--ink:#1b1f24;--soft:#5b6470;--rule:#d9dee4;--back:#f4f6f8}"
	"*{box-sizing:border-box}"
	"body{margin:0;background:var(--back);color:var(--ink);"
	"font:14px/1.45 system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
	"main{max-width:1240px;margin:0 auto;padding:24px 20px 48px}"
	"section{background:#fff;border:1px solid var(--rule);border-radius:8px;"
	"padding:16px 20px 18px;margin-top:16px}"
	"h1{font-size:20px;margin:0 0 2px}h2{font-size:15px;margin:0 0 10px}"
	"h3{font-size:13px;margin:12px 0 4px;color:var(--soft)}"
	"p{margin:4px 0}ul{margin:6px 0;padding-left:20px}ul:empty{display:none}"
	".soft{color:var(--soft)}.code,code{font:12px/1.4 ui-monospace,'DejaVu Sans "
	"Mono',Consolas,monospace}"
	".hero{border-left:10px solid var(--none);padding:20px 24px}"
	".hero.pass{border-left-color:var(--pass)}.hero.fail{border-left-color:var(--fail)}"
	".hero.error{border-left-color:var(--error)}.hero.aborted{border-left-color:var(--error)}"
	".hero.marginal{border-left-color:var(--pass)}"
	".hero .big{font-size:40px;font-weight:700;line-height:1.1;letter-spacing:.02em}"
	".hero .reason{font-size:19px;margin:8px 0 4px;overflow-wrap:anywhere}"
	".verdict{font-weight:700}.verdict.pass{color:var(--pass)}.verdict.fail{color:var(--fail)}"
	".verdict.error,.verdict.aborted{color:var(--error)}.verdict.marginal{color:var(--marginal)"
	"}"
	".verdict.none,.verdict.skipped{color:var(--none)}"
	".hero .verdict.marginal{color:var(--pass)}.hero "
	".near{font-size:20px;color:var(--marginal)}"
	"dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:8px 20px;"
	"margin:0}dl div{min-width:0}dt{color:var(--soft);font-size:12px}"
	"dd{margin:0;overflow-wrap:anywhere;font-weight:500}"
	".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13px}"
	"th{text-align:left;font-weight:600;color:var(--soft);font-size:12px;white-space:nowrap}"
	"th,td{padding:5px 10px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}"
	"tr:last-child td{border-bottom:0}td.number{white-space:nowrap;"
	"font-variant-numeric:tabular-nums}"
	".wrap{overflow-wrap:anywhere}.short{white-space:nowrap}tr.old td{color:#8a929c}tr.old "
	".verdict{opacity:.6}"
	".matrix td{padding:3px 8px;border-right:1px solid var(--rule);line-height:1.35}"
	".matrix td:last-child{border-right:0}.matrix th{padding:5px 8px}.matrix "
	"th:first-child{padding-left:0}"
	".matrix .name{min-width:150px;border-right:0;padding-left:0}"
	".matrix .name .small{overflow-wrap:anywhere}"
	".matrix .bounds{color:var(--soft);min-width:84px;max-width:170px}"
	".corner{white-space:nowrap}.matrix .corner{color:var(--soft)}"
	".matrix tr.in .cell,.matrix tr.in .corner{border-bottom:0}"
	".matrix .fail{background:#fdecec}.matrix .error{background:#fff1e0}"
	".matrix .marginal{background:#fff9e3}"
	".value{font-weight:600;white-space:nowrap;font-variant-numeric:tabular-nums}"
	".value span{font-weight:400;color:var(--soft);font-size:11px}"
	".tag{display:inline-block;border:1px solid var(--rule);border-radius:4px;padding:0 4px;"
	"font-size:11px;color:var(--soft);margin-left:4px}"
	".small{font-size:12px;color:var(--soft)}"
	"svg{display:block}.margin{width:100%;max-width:132px;margin:1px 0 2px}"
	".margin .guard{fill:#e8d9a8}.margin .range{fill:#cfd6de}.margin .edge{stroke:#3c4650;"
	"stroke-width:1.5}.margin .whisker{stroke:var(--ink);stroke-width:1}"
	".margin .pass{fill:var(--pass)}.margin .fail{fill:var(--fail)}"
	".margin .marginal{fill:#c58b00}.margin .none{fill:var(--none)}"
	".margin .error{fill:var(--error)}"
	".pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(510px,1fr));"
	"gap:16px 22px}.charts.three{grid-template-columns:repeat(auto-fill,minmax(340px,1fr))}"
	".pair{display:grid;grid-template-columns:1fr 1fr;gap:6px}"
	"@media(max-width:640px){.pictures,.charts{grid-template-columns:1fr}}"
	".charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(400px,1fr));gap:14px}"
	"figure{margin:0}figcaption{font-size:12px;color:var(--soft);margin:0 0 2px}"
	"figcaption b{color:var(--ink)}"
	".chart,.eye{width:100%;height:auto}.chart text,.eye text{font-size:11px;fill:#5b6470}"
	".grid{stroke:#e6eaee;stroke-width:1}.frame{fill:none;stroke:#9aa4af;stroke-width:1}"
	".middle{text-anchor:middle}.end{text-anchor:end}"
	".chart .axis,.eye .axis{fill:#1b1f24}.point{fill:#1f6fb2}.point.none{fill:#fff;"
	"stroke:#1f6fb2;stroke-width:1.5}.bar{stroke:#1f6fb2;stroke-width:1}"
	".fit{fill:none;stroke:#e0582f;stroke-width:1.5}.band{fill:#e0582f;opacity:.16}"
	".halo{stroke:#fff;stroke-width:2.4;opacity:.7}"
	".threshold{stroke:#1b1f24;stroke-width:1;stroke-dasharray:5 3}"
	".window{fill:#1b1f24;fill-opacity:.14;stroke:#1b1f24;stroke-width:.7}"
	".level{stroke:#1b1f24;stroke-width:1.5}"
	".joined{fill:none;stroke:#9cc3e6;stroke-width:1.2}"
	".column{fill:#9cc3e6;stroke:#fff;stroke-width:.5}.breach{fill:#c4161c}"
	".limit{stroke:#c4161c;stroke-width:1.2;stroke-dasharray:6 4}"
	".chart .limit-text{fill:#c4161c}.marker{stroke:#1a7f37;stroke-width:1.2;"
	"stroke-dasharray:2 3}.chart .marker-text{fill:#1a7f37;font-weight:600}"
	".c0{--c:#0072b2}.c1{--c:#d55e00}.c2{--c:#009e73}.c3{--c:#a6458a}.c4{--c:#b57d00}"
	".c5{--c:#2f9bd8}.c6{--c:#1b1f24}.c7{--c:#8a8a8a}"
	".many .point{fill:var(--c)}.many .point.none{fill:#fff;stroke:var(--c)}"
	".many .bar,.many .fit,.many .joined,.many .marker{stroke:var(--c)}"
	".many .bar{opacity:.55}.many .band{fill:none}"
	".many .c1 .fit,.many .c1 .joined{stroke-dasharray:7 3}"
	".many .c2 .fit,.many .c2 .joined{stroke-dasharray:2 2.5}"
	".many .c3 .fit,.many .c3 .joined{stroke-dasharray:9 3 2 3}"
	".many .c5 .fit,.many .c5 .joined{stroke-dasharray:4 2}"
	".chart .legend{fill:#1b1f24}"
	".gantt .unit{fill:var(--c);fill-opacity:.2;stroke:var(--c);stroke-width:.6}"
	".gantt .has{fill:var(--c)}.gantt .back{fill:#fff}.gantt .stripe{fill:#1b1f24}"
	"figure .gantt{margin:2px 0 "
	"10px}table+figure,.scroll+figure,.scroll+.scroll{margin-top:14px}"
	".gantt .name{font-size:9px;fill:#1b1f24}"
	".map .halo{fill:none;stroke-width:2.6;opacity:.75}.map .contour{fill:none;stroke:#1b1f24;"
	"stroke-width:.9}.map .limit{fill:none;stroke-width:1.8}"
	".map .contour-text,.map .limit-text{paint-order:stroke;stroke:#fff;stroke-width:3px;"
	"stroke-linejoin:round;fill:#1b1f24;font-weight:600}.map .limit-text{fill:#c4161c}"
	".hole{fill:#eef1f4;stroke:#b4bcc6;stroke-width:.6}"
	".best{fill:none;stroke:#1b1f24;stroke-width:2}.map .best.halo{stroke:#fff;stroke-width:5;"
	"opacity:1}.best.point{fill:#1b1f24;stroke:none}"
	".matrices{display:flex;flex-wrap:wrap;gap:4px 26px}"
	"table.eyes{width:auto;margin:2px 0 12px}.eyes td,.eyes th{border:0;padding:3px;"
	"text-align:center;vertical-align:middle}.eyes .eye{width:120px;max-width:100%}"
	".tile-none{width:120px;color:var(--soft)}"
	".filled{position:relative;min-width:150px}.filled i{position:absolute;left:0;top:4px;"
	"bottom:4px;background:#c9dcf0;border-radius:2px;min-width:1px}.filled b{position:relative;"
	"font-weight:500;padding-left:5px;white-space:nowrap}"
	".tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:14px}"
	".tile{border:1px solid var(--rule);border-radius:6px;padding:10px 14px}"
	".tile b{display:block;font-size:26px;line-height:1.2}.tile span{color:var(--soft);"
	"font-size:12px}"
	"details summary{cursor:pointer;color:var(--soft);margin:2px 0 6px}"
	"details summary{margin:4px 0}"
	"a{color:#1f5fa8}"
	"@media print{body{background:#fff;font-size:11px}main{max-width:none;padding:0}"
	"section{border:0;border-top:1px solid var(--rule);border-radius:0;padding:10px 0}"
	".hero{padding-left:14px;border-left-style:solid}"
	"details::details-content{content-visibility:visible;block-size:auto}"
	".eyes .eye,.eyes .tile-none{width:90px}.eyes .small{font-size:9.5px}"
	"table{font-size:10px}tr,figure,.tile{break-inside:avoid}h2{break-after:avoid}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
	".charts{grid-template-columns:1fr 1fr}.pictures{grid-template-columns:1fr 1fr}"
	"@page{margin:12mm;size:A4 landscape}}";

const char *page_style(void)
{
	return style;
}

struct markup *page_begin(const char *title)
{
	struct markup *markup = markup_new();
	markup_open(markup, "html");
	markup_attr(markup, "lang", "en");
	markup_open(markup, "head");
	markup_open(markup, "meta");
	markup_attr(markup, "charset", "utf-8");
	markup_close(markup);
	markup_open(markup, "meta");
	markup_attr(markup, "name", "viewport");
	markup_attr(markup, "content", "width=device-width, initial-scale=1");
	markup_close(markup);
	markup_element(markup, "title", NULL, title);
	markup_style(markup, style);
	markup_close(markup);
	markup_open(markup, "body");
	markup_open(markup, "main");
	return markup;
}

const char *page_verdict_class(enum verdict verdict, gboolean marginal)
{
	static const char *const classes[] = {
		[VERDICT_NONE] = "none",   [VERDICT_SKIPPED] = "skipped",
		[VERDICT_PASS] = "pass",   [VERDICT_FAIL] = "fail",
		[VERDICT_ERROR] = "error", [VERDICT_ABORTED] = "aborted",
	};
	return verdict == VERDICT_PASS && marginal ? "marginal" : classes[verdict];
}

void page_verdict(struct markup *markup, enum verdict verdict, gboolean marginal)
{
	g_autofree char *class_name =
		g_strconcat("verdict ", page_verdict_class(verdict, marginal), NULL);
	const char *word = verdict == VERDICT_NONE ? "recorded" : verdict_name(verdict);
	markup_open(markup, "span");
	markup_attr(markup, "class", class_name);
	markup_text(markup, word);
	if (verdict == VERDICT_PASS && marginal)
		markup_element(markup, "span", "near", " marginal");
	markup_close(markup);
}

void page_section(struct markup *markup, const char *title)
{
	markup_open(markup, "section");
	markup_element(markup, "h2", NULL, title);
}

void page_fact(struct markup *markup, const char *name, const char *value)
{
	if (!value || *value == '\0')
		return;
	markup_open(markup, "div");
	markup_element(markup, "dt", NULL, name);
	markup_element(markup, "dd", NULL, value);
	markup_close(markup);
}

void page_table(struct markup *markup, const char *class_name, const char *const *heads)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "scroll");
	markup_open(markup, "table");
	if (class_name)
		markup_attr(markup, "class", class_name);
	markup_open(markup, "thead");
	markup_open(markup, "tr");
	for (gsize i = 0; heads[i]; i++)
		markup_element(markup, "th", NULL, heads[i]);
	markup_close(markup);
	markup_close(markup);
	markup_open(markup, "tbody");
}

void page_table_end(struct markup *markup)
{
	for (int i = 0; i < 3; i++)
		markup_close(markup);
}

void page_bar_cell(struct markup *markup, double share, const char *text)
{
	g_autofree char *percent = markup_number(CLAMP(share, 0, 1) * 100, 1);
	g_autofree char *width = g_strdup_printf("width:calc(%s%% - 12px)", percent);
	markup_open(markup, "td");
	markup_attr(markup, "class", "filled number");
	markup_open(markup, "i");
	markup_attr(markup, "style", width);
	markup_close(markup);
	markup_element(markup, "b", NULL, text);
	markup_close(markup);
}

char *page_duration(double seconds)
{
	if (!isfinite(seconds) || seconds < 0)
		return g_strdup("unknown");
	if (seconds < 99.95) {
		g_autofree char *text = markup_number(seconds, seconds < 1 ? 3 : 1);
		return g_strdup_printf("%s s", text);
	}
	gint64 whole = llround(MIN(seconds, 1e12));
	if (whole < 3600)
		return g_strdup_printf("%d min %02d s", (int)(whole / 60), (int)(whole % 60));
	return g_strdup_printf("%" G_GINT64_FORMAT " h %02d min", whole / 3600,
	                       (int)(whole % 3600 / 60));
}

char *page_time(gint64 unix_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_us / G_USEC_PER_SEC);
	if (unix_us == 0 || !time)
		return g_strdup("");
	return g_date_time_format(time, "%Y-%m-%d %H:%M:%S UTC");
}
