// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Draws the parts of the window with made-up data into pictures, to be looked at:
//   QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=2 ui_gallery DIRECTORY [--rtl]
// writes {wall,curves,controls,options,icons}-{light,dark}.png.

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QGridLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabBar>
#include <QTableWidget>
#include <QVBoxLayout>
#include <cmath>
#include <random>

#include "tests/ui/gallery_curves.h"
#include "ui/charts/time_series_chart.h"
#include "ui/model/formats.h"
#include "ui/pages/lane_options.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/lane_card.h"
#include "ui/widgets/rail.h"
#include "ui/widgets/stat_tile.h"
#include "ui/widgets/value_slider.h"

using namespace cachescope::ui;

namespace {

QString s(const char* text) {
    return QString::fromUtf8(text);
}

std::mt19937& random() {
    static std::mt19937 generator(7);
    return generator;
}

QList<QPointF> noisy(const std::function<double(double)>& at, double relativeNoise) {
    std::normal_distribution<double> noise(0, relativeNoise);
    QList<QPointF> points;
    for (int i = 0; i <= 300; ++i) {
        const double x = -60 + i * 0.2;
        points.append({x, at(x) * (1 + noise(random()))});
    }
    return points;
}

QList<double> spark(double level, double noiseLevel) {
    QList<double> values;
    for (const QPointF& point : noisy([level](double) { return level; }, noiseLevel)) {
        if (values.size() < 60) {
            values.append(point.y());
        }
    }
    return values;
}

ChartSeries lane(int index, const char* name, const char* part = "", qreal width = 1.6) {
    ChartSeries series;
    series.name = s(name);
    series.group = index;
    series.part = s(part);
    series.width = width;
    return series;
}

double afterInvalidation(double x, double before, double during, double seconds) {
    return x < -37 ? before : before + (during - before) * std::exp(-(x + 37) / seconds);
}

void fillWall(QGridLayout& grid) {
    auto* latency = new TimeSeriesChart(s("Latency"), s("p50 thin, p99 thick, log scale"));
    latency->setValueAxis(ValueAxisKind::logTime);
    latency->setSeries({lane(0, "No cache, p50", "p50", 1), lane(0, "No cache, p99", "p99"),
                        lane(1, "TTL 5 s, p50", "p50", 1), lane(1, "TTL 5 s, p99", "p99"),
                        lane(2, "TTL 60 s, p50", "p50", 1), lane(2, "TTL 60 s, p99", "p99")});
    const auto spike = [](double x, double usual, double until) {
        return x > -37 && x < until ? 1.9 : usual;
    };
    latency->setPoints(0, noisy([](double) { return 1.7; }, 0.02));
    latency->setPoints(1, noisy([](double) { return 1.9; }, 0.02));
    latency->setPoints(2, noisy([&](double x) { return spike(x, 5e-5, -35.6); }, 0.12));
    latency->setPoints(3, noisy([](double) { return 1.35; }, 0.07));
    latency->setPoints(4, noisy([&](double x) { return spike(x, 3.3e-5, -34.0); }, 0.08));
    latency->setPoints(5, noisy([](double) { return 0.9; }, 0.12));

    auto* ratio = new TimeSeriesChart(s("Hit ratio"), s("over 5 s"));
    ratio->setValueAxis(ValueAxisKind::percent);
    ratio->setSeries({lane(0, "No cache"), lane(1, "TTL 5 s"), lane(2, "TTL 60 s")});
    ratio->setPoints(1, noisy([](double x) { return afterInvalidation(x, 0.63, 0.28, 1.5); }, .01));
    ratio->setPoints(2, noisy([](double x) { return afterInvalidation(x, 0.93, 0.3, 4); }, 0.005));

    auto* origin = new TimeSeriesChart(s("Origin calls"), s("per second"));
    origin->setValueAxis(ValueAxisKind::linear, s("/s"));
    origin->setSeries({lane(0, "No cache"), lane(1, "TTL 5 s"), lane(2, "TTL 60 s")});
    origin->setPoints(0, noisy([](double) { return 194; }, 0.015));
    origin->setPoints(1, noisy([](double x) { return afterInvalidation(x, 77, 130, 2); }, 0.04));
    origin->setPoints(2, noisy([](double x) { return afterInvalidation(x, 14, 110, 4); }, 0.08));

    auto* expirations = new TimeSeriesChart(s("Expirations"), s("per second"));
    expirations->setValueAxis(ValueAxisKind::linear, s("/s"));
    expirations->setSeries({lane(0, "No cache"), lane(1, "TTL 5 s"), lane(2, "TTL 60 s")});
    auto gappy = noisy([](double x) { return x > -37 && x < -32 ? 5.0 : 71.0; }, 0.03);
    for (int i = 200; i < 220; ++i) {
        gappy[i].setY(std::nan(""));
    }
    expirations->setPoints(1, gappy);
    expirations->setPoints(2, noisy([](double x) { return x > -37 ? 2.0 : 8.0; }, 0.1));

    int at = 0;
    for (TimeSeriesChart* chart : {latency, ratio, origin, expirations}) {
        chart->setMarks({{-37, s("Invalidated product:*, 41 keys"), {}}});
        chart->refresh();
        chart->setCursor(chart == expirations ? 36.9 : 13.4);
        grid.addWidget(chart, 1 + at / 2, 2 * (at % 2), 1, 2);
        ++at;
    }

    const auto tile = [&](const char* title, int column, const QStringList& figures, double noise) {
        auto* stat = new StatTile(s(title));
        QList<StatRow> rows;
        for (int i = 0; i < figures.size(); ++i) {
            rows.append({i, s("lane"), figures[i], spark(10, noise)});
        }
        stat->setRows(rows);
        grid.addWidget(stat, 0, column);
    };
    tile("Hit ratio", 0, {{}, formatPercent(0.614), formatPercent(0.931)}, 0.02);
    tile("Latency p99", 1, {formatLatency(2.31), formatLatency(2.12), formatLatency(2.04)}, 0.05);
    tile("Origin calls", 2, {formatRate(200), formatRate(77.2), formatRate(13.8)}, 0.08);
    tile("Expirations", 3, {{}, formatRate(71), formatRate(6.91)}, 0.1);
}

QWidget* controlPanel() {
    auto* panel = new QWidget;
    panel->setFixedWidth(270);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    column->addWidget(new SectionHeader(s("Lanes")));
    LaneCardContent content{0, s("No cache"), {}, s("every request runs the handler"), {}, {}};
    column->addWidget(new LaneCard(content));
    content = {1, s("TTL 5 s"), s("61.4 %"), s("memory · S3-FIFO · 500 keys"), {}, {}};
    auto* selected = new LaneCard(content);
    selected->setChecked(true);
    column->addWidget(selected);
    content = {2,
               s("TTL 60 s"),
               s("93.1 %"),
               s("redis · 500 keys"),
               LaneCardContent::Trouble::warning,
               s("Redis does not answer. Every request runs the handler until it does.")};
    column->addWidget(new LaneCard(content));
    auto* add = new QPushButton(icon(IconName::add, IconTone::accent), s("Add lane"));
    setButtonKind(add, ButtonKind::link);
    column->addWidget(add, 0, Qt::AlignLeft);
    column->addSpacing(6);
    column->addWidget(new SectionHeader(s("Origin, the slow handler")));
    column->addWidget(new ValueSlider(s("Latency"), spanFormat(), ValueRange::spans(0.001, 60), 2));
    column->addWidget(
        new ValueField(s("Calls at once"), countFormat(), ValueRange::linear(1, 1000, 1), 16));
    auto* failures =
        new ValueSlider(s("Failures"), percentFormat(), ValueRange::linear(0, 1, 0.01), 0);
    column->addWidget(failures);
    auto* off = new ValueSlider(s("Jitter"), percentFormat(), ValueRange::linear(0, 1), 0.1);
    off->setDisabledReason(s("Only with a TTL"));
    column->addWidget(off);
    auto* wrong = new ValueField(s("Rate"), rateFormat(), ValueRange::log(1, 10000), 200);
    wrong->box()->setFocus();
    wrong->box()->setText(s("fast"));
    wrong->box()->setModified(true);
    QKeyEvent enter(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
    QApplication::sendEvent(wrong->box(), &enter);
    column->addWidget(wrong);
    auto* pattern = new QLineEdit(s("product:*"));
    pattern->setFont(monoFont(pattern->font()));
    auto* row = new QHBoxLayout;
    row->addWidget(pattern, 1);
    row->addWidget(new QPushButton(s("One")));
    column->addLayout(row);
    column->addStretch(1);
    return panel;
}

QWidget* toolBar() {
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(16, 8, 16, 8);
    auto* pause = new QPushButton(icon(IconName::pause, IconTone::onAccent), s("Pause"));
    setButtonKind(pause, ButtonKind::primary);
    row->addWidget(pause);
    row->addWidget(new QPushButton(icon(IconName::step), s("Step")));
    row->addWidget(new QPushButton(icon(IconName::reset), s("Reset")));
    auto* speed = new QComboBox;
    speed->addItems({s("speed ×1"), s("speed ×10")});
    row->addWidget(speed);
    row->addWidget(makeLabel(formatElapsed(42), TypeSize::body, TextTone::secondary));
    row->addStretch(1);
    row->addWidget(
        makeLabel(s("Two-second handler"), TypeSize::body, TextTone::primary, QFont::DemiBold));
    row->addStretch(1);
    auto* out = new QPushButton(s("Export"));
    setButtonKind(out, ButtonKind::quiet);
    row->addWidget(out);
    return bar;
}

QWidget* wall() {
    auto* window = new QWidget;
    window->resize(1440, 900);
    auto* columns = new QHBoxLayout(window);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    auto* rail = new Rail;
    rail->addItem(0, IconName::lab, s("Lab"), s("Ctrl+1"));
    rail->addItem(1, IconName::tune, s("Tune"));
    rail->addItem(2, IconName::inspect, s("Inspect"));
    rail->addItem(3, IconName::learn, s("Learn"));
    rail->addAction(9, IconName::settings, s("Settings"));
    columns->addWidget(rail);
    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(toolBar());
    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setForegroundRole(QPalette::Mid);
    right->addWidget(line);
    auto* page = new QHBoxLayout;
    page->setSpacing(0);
    page->addWidget(controlPanel());
    auto* grid = new QGridLayout;
    grid->setContentsMargins(16, 16, 16, 16);
    grid->setSpacing(12);
    fillWall(*grid);
    grid->setRowStretch(1, 1);
    grid->setRowStretch(2, 1);
    page->addLayout(grid, 1);
    right->addLayout(page, 1);
    columns->addLayout(right, 1);
    return window;
}

QWidget* controls() {
    auto* window = new QWidget;
    window->resize(1000, 760);
    auto* grid = new QGridLayout(window);
    grid->setContentsMargins(16, 16, 16, 16);
    grid->setSpacing(12);
    auto* info = new InlineMessage;
    info->showMessage(InlineMessage::Kind::info, s("The trace was cut at 10,000,000 requests."),
                      s("Load all"));
    auto* warning = new InlineMessage;
    warning->showMessage(InlineMessage::Kind::warning,
                         s("Redis at cache-eu-1 takes 40 ms per call. Figures include it."));
    auto* error = new InlineMessage;
    error->showMessage(InlineMessage::Kind::error,
                       s("The file <b>shop.trace</b> could not be read: line 7 has 3 columns, "
                         "4 are needed. Choose another file or mend this one."),
                       s("Choose another file"));
    grid->addWidget(info, 0, 0, 1, 2);
    grid->addWidget(warning, 1, 0, 1, 2);
    grid->addWidget(error, 2, 0, 1, 2);

    auto* forms = new Card;
    forms->setTitle(s("Controls"), s("every standard one"));
    auto* combo = new QComboBox;
    combo->addItems({s("S3-FIFO"), s("LRU")});
    auto* spin = new QSpinBox;
    spin->setValue(16);
    auto* checked = new QCheckBox(s("Serve stale while revalidating"));
    checked->setChecked(true);
    auto* radio = new QRadioButton(s("Absolute"));
    radio->setChecked(true);
    auto* disabled = new QPushButton(s("Disabled"));
    disabled->setEnabled(false);
    auto* progress = new QProgressBar;
    progress->setTextVisible(false);
    progress->setValue(40);
    auto* tabs = new QTabBar;
    for (const char* tab : {"Keys", "Events", "Stats"}) {
        tabs->addTab(s(tab));
    }
    auto* quiet = new QPushButton(s("Quiet"));
    setButtonKind(quiet, ButtonKind::quiet);
    auto* unchecked = new QCheckBox(s("Not chosen"));
    for (QWidget* widget :
         QList<QWidget*>{tabs, combo, spin, new QLineEdit(s("product:*")), checked, unchecked,
                         radio, new QRadioButton(s("Sliding")), progress,
                         new QPushButton(s("Take it down")), quiet, disabled}) {
        forms->body()->addWidget(widget);
    }
    forms->body()->addStretch(1);
    grid->addWidget(forms, 3, 0, 2, 1);

    auto* tableCard = new Card;
    tableCard->setTitle(s("Keys"), s("lane 2, by popularity"));
    auto* table = new QTableWidget(12, 3);
    table->setHorizontalHeaderLabels({s("key"), s("type"), s("TTL")});
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    for (int i = 0; i < 12; ++i) {
        table->setItem(i, 0, new QTableWidgetItem(s("product:%1").arg(i)));
        table->setItem(i, 1, new QTableWidgetItem(s("hash")));
        table->setItem(i, 2, new QTableWidgetItem(formatSpan(i * 13)));
    }
    table->selectRow(2);
    tableCard->body()->addWidget(table);
    grid->addWidget(tableCard, 3, 1);
    auto* empty = new Card;
    empty->body()->addWidget(new EmptyState(
        IconName::tune, s("Find the right TTL"),
        s("Open a trace, or take the requests of the Lab, and see every TTL at once."),
        s("Open a trace")));
    grid->addWidget(empty, 4, 1);
    grid->setRowStretch(3, 1);
    return window;
}

// The options of a lane: folded, unfolded, and unfolded with pairs that do not work together.
QWidget* options() {
    auto* window = new QWidget;
    auto* columns = new QHBoxLayout(window);
    columns->setSpacing(space::kHuge);
    cachescope::sim::LaneSpec off;
    off.options.ttl = std::chrono::minutes{1};
    cachescope::sim::LaneSpec on = off;
    on.options.jitter = 0.2;
    on.options.maxAge = std::chrono::minutes{10};
    on.options.negativeTtl = cachescope::Duration{};
    on.options.lease = std::chrono::seconds{5};
    on.options.staleWhileRevalidate = std::chrono::seconds{30};
    on.options.softTimeout = std::chrono::milliseconds{300};
    on.options.tags = {"red", "blue"};
    on.namespaceTags = true;
    on.namespaceTtls = {{"prices", std::chrono::seconds{6}}, {"static", std::chrono::minutes{15}}};
    on.breaker = true;
    for (const bool open : {false, true}) {
        for (const auto& spec : {off, on}) {
            auto* options = new LaneOptions;
            options->setFixedWidth(options->fontMetrics().averageCharWidth() * 34);
            options->showSpec(spec);
            for (auto* fold : options->findChildren<Disclosure*>()) {
                fold->setOpen(open);
            }
            auto* column = new QVBoxLayout;
            column->addWidget(options);
            column->addStretch(1);
            columns->addLayout(column);
        }
    }
    window->adjustSize();
    window->resize(window->width(), columns->heightForWidth(window->width()));
    return window;
}

class IconSheet : public QWidget {
public:
    IconSheet() { resize(700, 340); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const Tokens& tokens = tokensFor(palette());
        painter.fillRect(rect(), tokens.panel);
        for (int i = 0; i < kIconCount; ++i) {
            const QRectF cell(16 + (i % 9) * 74, 16 + (i / 9) * 76, 40, 40);
            paintIcon(painter, cell, static_cast<IconName>(i), tokens.text);
            paintIcon(painter, QRectF(cell.right() + 4, cell.top(), 16, 16),
                      static_cast<IconName>(i), tokens.secondary);
        }
        for (int i = 0; i < kOutcomeCount; ++i) {
            painter.fillRect(QRect(16 + i * 50, 320, 46, 14),
                             tokens.outcomes[static_cast<std::size_t>(i)]);
        }
    }
};

void save(QWidget* widget, const QString& file) {
    widget->ensurePolished();
    widget->show();
    QApplication::sendPostedEvents();
    widget->grab().save(file);
    delete widget;
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2) {
        qWarning("usage: ui_gallery DIRECTORY [--rtl]");
        return 2;
    }
    QLocale::setDefault(QLocale(QLocale::English));
    if (arguments.contains(s("--rtl"))) {
        QApplication::setLayoutDirection(Qt::RightToLeft);
    }
    const QDir directory(arguments[1]);
    Theme theme(application, ThemeChoice::light);
    for (const auto choice : {ThemeChoice::light, ThemeChoice::dark}) {
        theme.setChoice(choice);
        const QString suffix = choice == ThemeChoice::light ? s("light.png") : s("dark.png");
        save(wall(), directory.filePath(s("wall-") + suffix));
        save(galleryCurves(), directory.filePath(s("curves-") + suffix));
        save(controls(), directory.filePath(s("controls-") + suffix));
        save(options(), directory.filePath(s("options-") + suffix));
        save(new IconSheet, directory.filePath(s("icons-") + suffix));
    }
    return 0;
}
