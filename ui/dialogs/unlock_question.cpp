// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/unlock_question.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

#include "ui/model/printable_text.h"

namespace cachescope::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("cachescope::ui::UnlockQuestion", text);
}

}  // namespace

void askToUnlock(QWidget* parent, const QString& cache, QObject* context,
                 const std::function<void()>& unlock) {
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Unlock changes"),
                                tr("Allow changes of %1?").arg(printableText(cache.toStdString())),
                                QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        tr("Keys can then be removed and TTLs set, each time after a preview. Until you lock it "
           "again, or disconnect."));
    const QPushButton* yes = box->addButton(tr("Unlock"), QMessageBox::AcceptRole);
    QObject::connect(yes, &QPushButton::clicked, context, unlock);
    box->setDefaultButton(QMessageBox::Cancel);
    box->open();
}

}  // namespace cachescope::ui
