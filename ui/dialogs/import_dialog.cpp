// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/import_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/model/error_text.h"
#include "ui/model/printable_text.h"
#include "ui/model/trace_import.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/inline_message.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

constexpr std::size_t kShownRequests = 12;

QTableWidget* makeTable(const QString& name, const QFont& font) {
    auto* table = new QTableWidget;
    table->setAccessibleName(name);
    table->setFont(monoFont(font));
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setFocusPolicy(Qt::TabFocus);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setHighlightSections(false);
    return table;
}

void fill(QTableWidget* table, const QStringList& names, const QList<QStringList>& rows) {
    table->clear();
    table->setColumnCount(static_cast<int>(names.size()));
    table->setRowCount(static_cast<int>(rows.size()));
    table->setHorizontalHeaderLabels(names);
    for (int row = 0; row < table->rowCount(); ++row) {
        for (int column = 0; column < table->columnCount(); ++column) {
            table->setItem(row, column, new QTableWidgetItem(rows.at(row).value(column)));
        }
    }
    table->resizeColumnsToContents();
    table->horizontalHeader()->setStretchLastSection(true);
}

QComboBox* makeUnits() {
    auto* units = new QComboBox;
    units->addItem(QStringLiteral("s"), QVariant::fromValue(std::int64_t{1'000'000'000}));
    units->addItem(QStringLiteral("ms"), QVariant::fromValue(std::int64_t{1'000'000}));
    units->addItem(QStringLiteral("µs"), QVariant::fromValue(std::int64_t{1'000}));
    units->addItem(QStringLiteral("ns"), QVariant::fromValue(std::int64_t{1}));
    return units;
}

void chooseUnit(QComboBox* units, Duration unit) {
    units->setCurrentIndex(std::max(units->findData(QVariant::fromValue(unit.count())), 0));
}

std::string& columnOf(TraceColumns& columns, std::string_view role) {
    return role == "time"        ? columns.time
           : role == "size"      ? columns.size
           : role == "ttl"       ? columns.ttl
           : role == "op"        ? columns.operation
           : role == "namespace" ? columns.nameSpace
           : role == "count"     ? columns.count
                                 : columns.key;
}

}  // namespace

ImportDialog::ImportDialog(const QString& path, QWidget* parent)
    : QDialog(parent),
      m_path(path),
      m_kind(makeLabel({}, TypeSize::body, TextTone::secondary)),
      m_format(new QComboBox),
      m_timeUnit(makeUnits()),
      m_ttlUnit(makeUnits()),
      m_lines(makeTable(tr("First lines of the file"), font())),
      m_requests(makeTable(tr("First requests"), font())),
      m_linesTitle(makeLabel(tr("The first lines"), TypeSize::body, TextTone::secondary)),
      m_message(new InlineMessage),
      m_separatorLine(new QWidget),
      m_separator(new QLineEdit),
      m_import(new TraceImport(this)) {
    setWindowTitle(tr("Read a trace"));
    m_format->addItem(tr("Find out the format"), static_cast<int>(TraceFormat::automatic));
    m_format->addItem(tr("CSV"), static_cast<int>(TraceFormat::csv));
    m_format->addItem(tr("One key a line"), static_cast<int>(TraceFormat::keys));
    m_format->addItem(tr("MONITOR of Redis"), static_cast<int>(TraceFormat::monitor));
    m_format->addItem(tr("oracleGeneral"), static_cast<int>(TraceFormat::oracleGeneral));
    m_format->addItem(tr("twr"), static_cast<int>(TraceFormat::twr));
    m_format->setAccessibleName(tr("Format"));
    m_columns = makeColumns();
    m_message->hide();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_use = buttons->addButton(tr("Use"), QDialogButtonBox::AcceptRole);
    m_use->setDefault(true);
    m_use->setEnabled(false);
    setButtonKind(m_use, ButtonKind::primary);

    auto* head = new QHBoxLayout;
    auto* title = new ElidedLabel(QFileInfo(path).fileName(), Qt::ElideMiddle);
    title->setFont(sized(font(), TypeSize::large, QFont::DemiBold));
    head->addWidget(title, 1);
    head->addWidget(m_kind);
    head->addSpacing(space::kMedium);
    head->addWidget(m_format);
    auto* right = new QVBoxLayout;
    right->setSpacing(space::kSmall);
    right->addWidget(m_linesTitle);
    right->addWidget(m_lines, 1);
    right->addWidget(makeLabel(tr("Read as"), TypeSize::body, TextTone::secondary));
    right->addWidget(m_requests, 1);
    m_separator->setMaxLength(8);
    m_separator->setFixedWidth(fontMetrics().averageCharWidth() * 8);
    m_separator->setAccessibleName(tr("The namespace of a key ends at"));
    auto* separatorLayout = new QHBoxLayout(m_separatorLine);
    separatorLayout->setContentsMargins({});
    separatorLayout->addWidget(makeLabel(tr("The namespace of a key ends at")));
    separatorLayout->addWidget(m_separator);
    separatorLayout->addWidget(
        makeLabel(tr("as in product:17; empty for none"), TypeSize::small, TextTone::secondary));
    separatorLayout->addStretch(1);
    m_separatorLine->hide();
    auto* middle = new QHBoxLayout;
    middle->setSpacing(space::kLarge);
    middle->addWidget(m_columns);
    middle->addLayout(right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kMedium);
    layout->addLayout(head);
    layout->addWidget(m_message);
    layout->addLayout(middle, 1);
    layout->addWidget(m_separatorLine);
    layout->addWidget(buttons);
    const QFontMetrics metrics(font());
    resize(metrics.averageCharWidth() * 130, metrics.height() * 36);

    connect(buttons, &QDialogButtonBox::accepted, this, &ImportDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &ImportDialog::reject);
    connect(m_format, &QComboBox::activated, this, [this] {
        m_options.format = static_cast<TraceFormat>(m_format->currentData().toInt());
        m_options.columns = {};
        look();
    });
    connect(m_import, &TraceImport::looked, this, &ImportDialog::display);
    connect(m_import, &TraceImport::failed, this, &ImportDialog::fail);
    look();
}

QWidget* ImportDialog::makeColumns() {
    auto* content = new QWidget;
    auto* grid = new QGridLayout(content);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(space::kSmall);
    grid->setVerticalSpacing(space::kSmall);
    grid->addWidget(makeLabel(tr("Which column is what"), TypeSize::body, TextTone::secondary), 0,
                    0, 1, 3);
    const auto add = [&](const char* role, const QString& label, const QString& tip,
                         QComboBox* unit) {
        auto* column = new QComboBox;
        column->setAccessibleName(label);
        column->setToolTip(tip);
        column->setMinimumContentsLength(14);
        column->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        const int row = grid->rowCount();
        grid->addWidget(makeLabel(label), row, 0);
        grid->addWidget(column, row, 1);
        if (unit != nullptr) {
            unit->setAccessibleName(tr("Unit of the %1").arg(label));
            grid->addWidget(unit, row, 2);
            connect(unit, &QComboBox::activated, this, &ImportDialog::takeColumns);
        }
        m_roles.append({role, column});
        connect(column, &QComboBox::activated, this, &ImportDialog::takeColumns);
    };
    add("time", tr("Time"), tr("When the request came"), m_timeUnit);
    add("key", tr("Key"), tr("What was asked for"), nullptr);
    add("namespace", tr("Namespace"), tr("Is put before the key, with a colon"), nullptr);
    add("size", tr("Size"), tr("Of the value, in bytes"), nullptr);
    add("ttl", tr("TTL"), tr("How long the value was to be kept"), m_ttlUnit);
    add("op", tr("Operation"), tr("get, set and the like; writes make older values stale"),
        nullptr);
    add("count", tr("Count"), tr("How often the request came"), nullptr);
    grid->setRowStretch(grid->rowCount(), 1);
    return content;
}

void ImportDialog::setOptions(const TraceReadOptions& options) {
    m_options = options;
    m_format->setCurrentIndex(m_format->findData(static_cast<int>(options.format)));
    look();
}

void ImportDialog::askSeparator(const QString& separator) {
    m_separator->setText(separator);
    m_separatorLine->show();
}

QString ImportDialog::separator() const {
    return m_separator->text();
}

void ImportDialog::look() {
    m_use->setEnabled(false);
    m_import->look(m_path, m_options);
}

void ImportDialog::display(const std::shared_ptr<const TracePreview>& preview) {
    m_preview = preview;
    m_kind->setText(traceKindText(*preview));
    const bool csv = preview->format == TraceFormat::csv;
    m_columns->setVisible(csv);
    m_lines->setVisible(csv);
    m_linesTitle->setVisible(csv);
    if (csv) {
        fillColumns(*preview);
        fillTable(*preview);
    }
    const auto& beginning = preview->beginning;
    m_use->setEnabled(beginning.ok());
    if (!beginning.ok()) {
        fill(m_requests, {}, {});
        m_message->showMessage(InlineMessage::Kind::error, ErrorText(beginning.error()).oneLine(),
                               {}, false);
        m_message->setVisible(true);
    } else {
        const RequestRows rows = RequestRows::of(beginning->trace, kShownRequests);
        fill(m_requests, rows.names, rows.rows);
        QString note = printableText(beginning->note());
        if (beginning->trace.times.empty()) {
            note += note.isEmpty() ? QString() : QStringLiteral("; ");
            note += tr("without times, nothing can be said of TTLs");
        }
        m_message->showMessage(InlineMessage::Kind::info, note, {}, false);
        m_message->setVisible(!note.isEmpty());
    }
    Q_EMIT previewed();
}

void ImportDialog::fail(const QString& sentence) {
    m_preview.reset();
    m_kind->clear();
    m_columns->hide();
    fill(m_lines, {}, {});
    fill(m_requests, {}, {});
    m_message->showMessage(InlineMessage::Kind::error, sentence, {}, false);
    m_message->setVisible(true);
    Q_EMIT previewed();
}

void ImportDialog::fillColumns(const TracePreview& preview) {
    for (const Role& role : m_roles) {
        role.column->clear();
        role.column->addItem(tr("none"), 0);
        for (std::size_t i = 0; i < preview.columns.size(); ++i) {
            const int number = static_cast<int>(i) + 1;
            const QString name = printableText(preview.columns[i].name);
            role.column->addItem(
                name.isEmpty() ? tr("column %1").arg(number) : tr("%1: %2").arg(number).arg(name),
                number);
            if (preview.columns[i].role == role.name) {
                role.column->setCurrentIndex(number);
            }
        }
    }
    chooseUnit(m_timeUnit, preview.timeUnit);
    chooseUnit(m_ttlUnit, preview.ttlUnit);
}

void ImportDialog::fillTable(const TracePreview& preview) {
    QStringList names;
    for (std::size_t i = 0; i < preview.columns.size(); ++i) {
        const QString name = printableText(preview.columns[i].name);
        const QString number = QString::number(i + 1);
        names.append(name.isEmpty() ? number : tr("%1: %2").arg(number, name));
    }
    QList<QStringList> rows;
    for (const auto& fields : preview.rows) {
        QStringList row;
        for (const std::string& field : fields) {
            row.append(printableText(field));
        }
        rows.append(row);
    }
    fill(m_lines, names, rows);
}

// As soon as one column is told, the others are, too: what was guessed is now said.
void ImportDialog::takeColumns() {
    TraceColumns columns;
    for (const Role& role : std::as_const(m_roles)) {
        if (const int number = role.column->currentData().toInt(); number > 0) {
            columnOf(columns, role.name) = std::to_string(number);
        }
    }
    columns.timeUnit = Duration{m_timeUnit->currentData().value<std::int64_t>()};
    columns.ttlUnit = Duration{m_ttlUnit->currentData().value<std::int64_t>()};
    m_options.columns = columns;
    m_options.format = TraceFormat::csv;
    m_format->setCurrentIndex(m_format->findData(static_cast<int>(TraceFormat::csv)));
    look();
}

}  // namespace cachescope::ui
