// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_field.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"

namespace cachescope::ui {

PathField::PathField(const QString& purpose, QWidget* parent)
    : QWidget(parent), m_purpose(purpose), m_edit(new QLineEdit) {
    m_edit->setFont(monoFont(font()));
    m_edit->setAccessibleName(purpose);
    auto* choose = new QToolButton;
    choose->setIcon(icon(IconName::open));
    choose->setToolTip(tr("Choose a file"));
    choose->setAccessibleName(tr("Choose a file: %1").arg(purpose));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kTiny);
    layout->addWidget(m_edit, 1);
    layout->addWidget(choose);
    setFocusProxy(m_edit);
    connect(m_edit, &QLineEdit::textEdited, this, &PathField::pathChanged);
    connect(choose, &QToolButton::clicked, this, &PathField::browse);
}

QString PathField::path() const {
    return m_edit->text().trimmed();
}

void PathField::setPath(const QString& path) {
    if (path != this->path()) {
        m_edit->setText(path);
    }
}

void PathField::setPlaceholderText(const QString& text) {
    m_edit->setPlaceholderText(text);
}

void PathField::browse() {
    auto* dialog = new QFileDialog(this, m_purpose, path());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& chosen) {
        m_edit->setText(chosen);
        Q_EMIT pathChanged();
    });
    dialog->open();
}

}  // namespace cachescope::ui
