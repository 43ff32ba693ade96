// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/connection_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>

#include "ui/dialogs/connection_fields.h"
#include "ui/dialogs/trial_view.h"
#include "ui/model/connection_book.h"
#include "ui/model/connection_trial.h"
#include "ui/model/error_text.h"
#include "ui/model/secret_store.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/labels.h"

namespace cachescope::ui {

namespace {

const QString kStars = QStringLiteral("***");

}  // namespace

ConnectionDialog::ConnectionDialog(ConnectionBook& book, QWidget* parent)
    : QDialog(parent),
      m_book(book),
      m_saved(new QListView),
      m_nothingSaved(makeLabel(tr("A connection that you name and save stands here the next time."),
                               TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_remove(new QToolButton),
      m_address(new QLineEdit),
      m_problem(new ProblemLabel),
      m_fields(new ConnectionFields),
      m_test(new QPushButton(tr("Test"))),
      m_view(new TrialView),
      m_name(new QLineEdit),
      m_save(new QPushButton(tr("Save"))),
      m_keeps(new QCheckBox(tr("Keep passwords in the keychain"))),
      m_note(makeLabel({}, TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_promise(makeLabel({}, TypeSize::body, TextTone::secondary, QFont::Normal, true)),
      m_trial(new ConnectionTrial(this)) {
    setWindowTitle(tr("Connect to Redis"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_use = buttons->addButton(tr("Use"), QDialogButtonBox::AcceptRole);
    m_use->setDefault(true);
    setButtonKind(m_use, ButtonKind::primary);
    // Otherwise it is the one that Return presses, being the first.
    buttons->button(QDialogButtonBox::Cancel)->setAutoDefault(false);
    m_test->setAutoDefault(false);
    m_save->setAutoDefault(false);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::kLarge);
    columns->addWidget(makeSaved());
    columns->addWidget(makeForm(), 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
    layout->setSpacing(space::kLarge);
    layout->addLayout(columns, 1);
    layout->addWidget(m_promise);
    layout->addWidget(buttons);
    m_promise->hide();
    const QFontMetrics metrics(font());
    resize(metrics.averageCharWidth() * 118, metrics.height() * 38);

    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectionDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &ConnectionDialog::reject);
    connect(m_address, &QLineEdit::textEdited, this, &ConnectionDialog::takeAddress);
    connect(m_address, &QLineEdit::editingFinished, this, [this] {
        if (m_understood) {
            m_known = m_draft;
            m_address->setText(m_draft.url(ConnectionDraft::Secrets::starred));
        }
    });
    connect(m_fields, &ConnectionFields::edited, this, &ConnectionDialog::takeFields);
    connect(m_test, &QPushButton::clicked, this, &ConnectionDialog::tryOut);
    connect(m_save, &QPushButton::clicked, this, &ConnectionDialog::save);
    connect(m_name, &QLineEdit::textChanged, this,
            [this](const QString& name) { m_save->setEnabled(!name.trimmed().isEmpty()); });
    connect(m_trial, &ConnectionTrial::finished, this, [this](const TrialText& trial) {
        m_test->setEnabled(true);
        m_view->showTrial(trial);
        Q_EMIT tested();
    });
    settle({});
    m_address->clear();
    m_address->setFocus();
}

ConnectionDialog::~ConnectionDialog() = default;

QWidget* ConnectionDialog::makeSaved() {
    auto* column = new QWidget;
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins({});
    layout->setSpacing(space::kSmall);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(tr("Saved"), TypeSize::body, TextTone::secondary));
    head->addStretch(1);
    m_remove->setIcon(icon(IconName::trash, IconTone::secondary));
    m_remove->setToolTip(tr("Remove the saved connection and its passwords"));
    m_remove->setAccessibleName(m_remove->toolTip());
    setButtonKind(m_remove, ButtonKind::quiet);
    m_remove->setEnabled(false);
    head->addWidget(m_remove);
    layout->addLayout(head);
    m_saved->setModel(&m_book);
    m_saved->setAccessibleName(tr("Saved connections"));
    m_saved->setFixedWidth(fontMetrics().averageCharWidth() * 28);
    m_saved->setTextElideMode(Qt::ElideRight);
    m_nothingSaved->setFixedWidth(m_saved->width());
    layout->addWidget(m_nothingSaved);
    layout->addWidget(m_saved, 1);
    layout->addStretch(0);
    connect(m_saved, &QListView::clicked, this, &ConnectionDialog::choose);
    connect(m_saved, &QListView::activated, this, &ConnectionDialog::choose);
    connect(m_saved->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { m_remove->setEnabled(m_saved->selectionModel()->hasSelection()); });
    connect(m_remove, &QToolButton::clicked, this, &ConnectionDialog::removeSaved);
    connect(&m_book, &QAbstractItemModel::rowsInserted, this, &ConnectionDialog::showSaved);
    connect(&m_book, &QAbstractItemModel::rowsRemoved, this, &ConnectionDialog::showSaved);
    showSaved();
    return column;
}

void ConnectionDialog::showSaved() {
    const bool any = m_book.rowCount() > 0;
    m_saved->setVisible(any);
    m_nothingSaved->setVisible(!any);
    m_remove->setVisible(any);
}

QWidget* ConnectionDialog::makeForm() {
    m_address->setFont(monoFont(font()));
    m_address->setPlaceholderText(tr("Paste an address: redis://user:password@host:6379/0"));
    m_address->setAccessibleName(tr("Address"));
    m_address->setClearButtonEnabled(true);
    m_problem->hide();

    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, space::kSmall, 0);
    layout->setSpacing(space::kMedium);
    layout->addWidget(m_fields);
    auto* test = new QHBoxLayout;
    test->addWidget(m_test);
    test->addWidget(
        makeLabel(tr("Reads no key and changes nothing."), TypeSize::small, TextTone::secondary));
    test->addStretch(1);
    layout->addLayout(test);
    layout->addWidget(m_view);
    layout->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);

    m_name->setPlaceholderText(tr("Name, to save it for later"));
    m_name->setAccessibleName(tr("Name of the connection"));
    m_save->setEnabled(false);
    m_keeps->setVisible(SecretStore::knowsKeychains());
    m_keeps->setToolTip(tr("Otherwise they live until the program ends"));
    auto* naming = new QHBoxLayout;
    naming->setSpacing(space::kSmall);
    naming->addWidget(m_name, 1);
    naming->addWidget(m_save);
    m_note->hide();

    auto* column = new QWidget;
    auto* all = new QVBoxLayout(column);
    all->setContentsMargins({});
    all->setSpacing(space::kMedium);
    all->addWidget(m_address);
    all->addWidget(m_problem);
    all->addWidget(scroll, 1);
    all->addLayout(naming);
    all->addWidget(m_keeps);
    all->addWidget(m_note);
    return column;
}

void ConnectionDialog::setForInspecting(const QStringList& promise) {
    setWindowTitle(tr("Inspect a Redis"));
    m_use->setText(tr("Inspect"));
    m_promise->setText(promise.join(u'\n'));
    m_promise->show();
}

QString ConnectionDialog::url() const {
    return m_draft.url();
}

QString ConnectionDialog::connectionName() const {
    const int row = m_book.rowOf(url());
    return row >= 0 ? m_book.name(row) : QString();
}

void ConnectionDialog::setUrl(const QString& url) {
    const auto draft = ConnectionDraft::fromUrl(m_book.completed(url));
    if (!draft) {
        m_address->setText(url);
        takeAddress();
        return;
    }
    showDraft(*draft);
    const int row = m_book.rowOf(url);
    m_saved->setCurrentIndex(row < 0 ? QModelIndex() : m_book.index(row));
    m_name->setText(row < 0 ? QString() : m_book.name(row));
    m_book.complete(url, this, [this, asked = *draft](const QString& full) {
        const auto found = ConnectionDraft::fromUrl(full);
        // The keychain may take its time; what was typed meanwhile counts.
        if (found && m_draft == asked) {
            showDraft(*found);
        }
    });
}

void ConnectionDialog::takeAddress() {
    auto draft = ConnectionDraft::fromUrl(m_address->text());
    m_understood = draft.ok();
    m_problem->setVisible(!m_understood && !m_address->text().trimmed().isEmpty());
    if (!draft) {
        m_problem->setText(ErrorText(draft.error()).oneLine());
        m_use->setEnabled(false);
        return;
    }
    // The stars stand for what is known already.
    if (draft->password == kStars) {
        draft->password = m_known.password;
    }
    if (draft->sentinelPassword == kStars) {
        draft->sentinelPassword = m_known.sentinelPassword;
    }
    m_fields->setDraft(*draft);
    settle(*draft);
}

void ConnectionDialog::showDraft(const ConnectionDraft& draft) {
    m_fields->setDraft(draft);
    m_address->setText(draft.url(ConnectionDraft::Secrets::starred));
    m_address->setCursorPosition(0);
    m_known = draft;
    settle(draft);
}

void ConnectionDialog::takeFields() {
    const ConnectionDraft draft = m_fields->draft();
    m_known = draft;
    m_address->setText(draft.url(ConnectionDraft::Secrets::starred));
    m_address->setCursorPosition(0);
    settle(draft);
}

// What follows from an address that is understood as an address; the engine says whether it makes
// sense.
void ConnectionDialog::settle(const ConnectionDraft& draft) {
    m_draft = draft;
    m_trial->cancel();
    m_view->clear();
    m_test->setEnabled(true);
    const auto target = RedisTarget::parse(draft.url().toStdString());
    m_understood = target.ok();
    m_use->setEnabled(m_understood);
    m_problem->setVisible(!m_understood);
    if (!m_understood) {
        m_problem->setText(ErrorText(target.error()).oneLine());
    }
    m_keeps->setEnabled(draft.hasSecrets());
}

void ConnectionDialog::choose(const QModelIndex& index) {
    if (index.isValid()) {
        setUrl(m_book.url(index.row()));
    }
}

void ConnectionDialog::tryOut() {
    m_test->setEnabled(false);
    m_view->showTrying(tr("Trying…"));
    m_trial->begin(m_draft.url());
}

void ConnectionDialog::save() {
    m_book.remember(m_draft);
    const int row = m_book.save(m_name->text().trimmed(), m_draft);
    m_saved->setCurrentIndex(m_book.index(row));
    const auto say = [this](const QString& text) {
        m_note->setText(text);
        m_note->setVisible(!text.isEmpty());
    };
    if (!m_draft.hasSecrets()) {
        say(tr("Saved."));
    } else if (!m_keeps->isChecked()) {
        say(tr("Saved without the password, which is known until the program ends."));
    } else {
        m_book.keepSecrets(m_draft, this, [say](const QString& problem) {
            say(problem.isEmpty()
                    ? tr("Saved, with the password in the keychain.")
                    : tr("Saved, but not the password: the keychain refused it (%1). It is known "
                         "until the program ends. Unlock the keychain and save again.")
                          .arg(problem));
        });
    }
}

void ConnectionDialog::removeSaved() {
    const QModelIndex index = m_saved->currentIndex();
    if (index.isValid()) {
        m_book.remove(index.row());
    }
}

void ConnectionDialog::accept() {
    if (m_understood) {
        m_book.remember(m_draft);
        QDialog::accept();
    }
}

void ConnectionDialog::done(int result) {
    m_trial->cancel();
    QDialog::done(result);
}

}  // namespace cachescope::ui
