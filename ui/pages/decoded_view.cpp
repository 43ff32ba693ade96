// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/decoded_view.h"

#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QToolButton>
#include <array>

#include "ui/model/open_key.h"
#include "ui/model/readable_lines.h"
#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/key_label.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

using Format = inspect::ValueFormat;

constexpr int kTitleLines = 2;
constexpr std::array kFormats{Format::text, Format::hex,    Format::json, Format::messagePack,
                              Format::php,  Format::pickle, Format::java, Format::gzip,
                              Format::zlib, Format::zstd};

QToolButton* iconButton(IconName symbol, const QString& name) {
    auto* button = new QToolButton;
    button->setIcon(icon(symbol, IconTone::secondary));
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

// A key as the name of a file on every system.
QString fileNameOf(const std::string& key) {
    QString name;
    for (const char c : key.substr(0, 60)) {
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
        name += isPlain ? QChar(QLatin1Char(c)) : QChar(u'_');
    }
    return name;
}

}  // namespace

DecodedView::DecodedView(OpenKey& key, QWidget* parent)
    : QWidget(parent),
      m_key(key),
      m_title(new KeyLabel(kTitleLines)),
      m_formats(new QComboBox),
      m_copy(iconButton(IconName::copy, tr("Copy value"))),
      m_save(iconButton(IconName::save, tr("Save value as…"))),
      m_text(new QPlainTextEdit) {
    m_title->setForegroundRole(QPalette::PlaceholderText);
    m_title->setBreaksAtWords(true);
    m_title->setFont(sized(monoFont(font()), TypeSize::small));
    m_formats->setAccessibleName(tr("Format"));
    m_formats->addItem(tr("Automatic"));
    for (const Format format : kFormats) {
        m_formats->addItem(DecodedTexts::formatName(format));
    }
    m_text->setReadOnly(true);
    // So that it covers no corner of its frame.
    m_text->viewport()->setAutoFillBackground(false);
    m_text->setFont(monoFont(font()));
    m_text->setWordWrapMode(QTextOption::WrapAnywhere);
    m_text->setAccessibleName(tr("Decoded value"));
    m_text->setTabChangesFocus(true);
    m_text->setMinimumHeight(fontMetrics().height() * 5);
    // As much as is left, not as much as it would like.
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    QLabel* note = makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::kTiny);
    head->addWidget(m_title, 1);
    head->addWidget(m_formats);
    head->addWidget(m_copy);
    head->addWidget(m_save);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kTiny);
    layout->addLayout(head);
    layout->addWidget(m_text, 1);
    layout->addWidget(note);

    connect(m_formats, &QComboBox::activated, this, [this](int index) {
        m_key.setFormat(index <= 0 ? std::nullopt
                                   : std::optional(kFormats[static_cast<std::size_t>(index) - 1]));
    });
    connect(m_copy, &QToolButton::clicked, this, &DecodedView::copy);
    connect(m_save, &QToolButton::clicked, this, &DecodedView::saveAs);
    connect(&m_key, &OpenKey::decodedChanged, this, [this, note] {
        note->setText(m_key.decoded().note);
        note->setVisible(!m_key.decoded().note.isEmpty());
        refresh();
    });
    connect(&m_key, &OpenKey::busyChanged, this, &DecodedView::refresh);
    note->hide();
    refresh();
}

void DecodedView::refresh() {
    const DecodedText& decoded = m_key.decoded();
    const OpenedValue& value = m_key.value();
    QString name;
    if (m_key.selected() >= 0) {
        const ValueRow& row = *value.rows[static_cast<std::size_t>(m_key.selected())];
        const bool isNamed = value.head.type == inspect::ValueType::hash ||
                             value.head.type == inspect::ValueType::stream;
        name = isNamed ? row.name : QString();
    }
    m_title->setText(name.isEmpty() ? decoded.format
                                    : QStringLiteral("%1 · %2").arg(name, decoded.format));
    int index = 0;
    for (std::size_t i = 0; i < kFormats.size(); ++i) {
        index = m_key.format() == kFormats[i] ? static_cast<int>(i) + 1 : index;
    }
    m_formats->setCurrentIndex(index);
    // Lines of a hex dump belong together.
    const bool isDump = decoded.format.endsWith(DecodedTexts::formatName(Format::hex));
    m_text->setLineWrapMode(isDump ? QPlainTextEdit::NoWrap : QPlainTextEdit::WidgetWidth);
    if (m_text->toPlainText() != decoded.text) {
        const int place = m_text->verticalScrollBar()->value();
        m_text->setPlainText(decoded.text);
        m_text->verticalScrollBar()->setValue(place);
    }
    const auto bytes = m_key.chosenBytes();
    const bool hasBytes = bytes != nullptr;
    m_text->setPlaceholderText(hasBytes && bytes->empty() ? tr("Empty string") : QString());
    m_copy->setEnabled(hasBytes || !decoded.text.isEmpty());
    m_save->setEnabled(hasBytes && !m_key.saving());
    const bool isPart =
        value.isString() && value.bytes != nullptr && (value.from > 0 || value.next.has_value());
    const QString copyName = isPart     ? tr("Copy this part of the value")
                             : hasBytes ? tr("Copy value")
                                        : tr("Copy the text");
    m_copy->setToolTip(copyName);
    m_copy->setAccessibleName(copyName);
}

void DecodedView::copy() {
    if (const auto bytes = m_key.chosenBytes()) {
        QGuiApplication::clipboard()->setMimeData(exactMime(*bytes).release());
    } else {
        QGuiApplication::clipboard()->setText(m_key.decoded().text);
    }
}

void DecodedView::saveAs() {
    if (m_key.chosenBytes() == nullptr) {
        return;
    }
    auto* dialog = new QFileDialog(this, tr("Save the value"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(fileNameOf(m_key.key()->name));
    // Whoever opens another key meanwhile does not want that one's value in the file.
    connect(&m_key, &OpenKey::keyChanged, dialog, &QDialog::reject);
    connect(dialog, &QFileDialog::fileSelected, &m_key, &OpenKey::save);
    dialog->open();
}

}  // namespace cachescope::ui
