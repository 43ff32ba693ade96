// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/connection_fields.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>

#include "ui/theme/icons.h"
#include "ui/theme/tokens.h"
#include "ui/theme/typography.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/path_field.h"

namespace cachescope::ui {

namespace {

using Kind = ConnectionDraft::Kind;

const QList<Kind> kOverNetwork{Kind::server, Kind::cluster, Kind::sentinel};

void setText(QLineEdit* edit, const QString& text) {
    if (edit->text() != text) {
        edit->setText(text);
    }
}

}  // namespace

ConnectionFields::ConnectionFields(QWidget* parent)
    : QWidget(parent),
      m_layout(new QVBoxLayout(this)),
      m_kind(new QComboBox),
      m_socket(new PathField(tr("Path of the socket"))),
      m_replicas(new QCheckBox(tr("Replicas may answer reads, with older data"))),
      m_tls(new QCheckBox(tr("Encrypt the connection (TLS)"))),
      m_tlsFold(new Disclosure(tr("Certificates"))),
      m_verifies(new QCheckBox(tr("Accept only a server that proves its name"))),
      m_unverified(makeLabel(tr("Whoever can get between you and the server can read and change "
                                "everything, the password included."),
                             TypeSize::small, TextTone::secondary, QFont::Normal, true)),
      m_ca(new PathField(tr("Authorities to believe (PEM)"))),
      m_certificate(new PathField(tr("Client certificate (PEM)"))),
      m_key(new PathField(tr("Client key (PEM)"))) {
    m_layout->setContentsMargins({});
    m_layout->setSpacing(space::kSmall);
    m_kind->addItem(tr("One server"), static_cast<int>(Kind::server));
    m_kind->addItem(tr("Unix socket"), static_cast<int>(Kind::socket));
    m_kind->addItem(tr("Cluster"), static_cast<int>(Kind::cluster));
    m_kind->addItem(tr("Sentinel"), static_cast<int>(Kind::sentinel));
    addRow(makeLabel(tr("Kind")), m_kind, {});
    m_hosts = addText(tr("Host"), kOverNetwork);
    m_socket->setPlaceholderText(QStringLiteral("/run/redis/redis-server.sock"));
    addRow(makeLabel(tr("Path")), m_socket, {Kind::socket});
    m_primary = addText(tr("Primary's name"), {Kind::sentinel}, QStringLiteral("mymaster"));
    m_database =
        addText(tr("Database"), {Kind::server, Kind::socket, Kind::sentinel}, QStringLiteral("0"));
    m_user = addText(tr("User"), {}, tr("the default user"));
    m_password = addSecret(tr("Password"), {});
    m_sentinelUser = addText(tr("Sentinels' user"), {Kind::sentinel}, tr("the default user"));
    m_sentinelPassword = addSecret(tr("Sentinels' password"), {Kind::sentinel});
    addRow(new QLabel, m_replicas, {Kind::cluster});
    addRow(new QLabel, m_tls, kOverNetwork);
    fillTlsFold();
    m_layout->addStretch(1);

    connect(m_kind, &QComboBox::activated, this, [this] {
        showKind();
        Q_EMIT edited();
    });
    for (QCheckBox* box : {m_replicas, m_tls, m_verifies}) {
        connect(box, &QCheckBox::toggled, this, [this] {
            showKind();
            Q_EMIT edited();
        });
    }
    for (PathField* field : {m_socket, m_ca, m_certificate, m_key}) {
        connect(field, &PathField::pathChanged, this, &ConnectionFields::edited);
    }
    setDraft({});
}

void ConnectionFields::fillTlsFold() {
    auto* content = new QWidget;
    auto* grid = new QGridLayout(content);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(space::kMedium);
    grid->setVerticalSpacing(space::kSmall);
    grid->setColumnStretch(1, 1);
    m_ca->setPlaceholderText(tr("those of the system"));
    m_certificate->setPlaceholderText(tr("none"));
    m_key->setPlaceholderText(tr("in the certificate's file"));
    m_serverName = new QLineEdit;
    m_serverName->setPlaceholderText(tr("the host's"));
    m_serverName->setAccessibleName(tr("Name in the server's certificate"));
    m_serverName->setFont(monoFont(font()));
    connect(m_serverName, &QLineEdit::textEdited, this, &ConnectionFields::edited);
    grid->addWidget(m_verifies, 0, 0, 1, 2);
    grid->addWidget(m_unverified, 1, 0, 1, 2);
    int row = 2;
    const auto add = [&](const QString& text, QWidget* field) {
        QLabel* label = makeLabel(text, TypeSize::body, TextTone::secondary);
        label->setBuddy(field);
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row++, 1);
    };
    add(tr("Authorities"), m_ca);
    add(tr("Name"), m_serverName);
    add(tr("Own certificate"), m_certificate);
    add(tr("Own key"), m_key);
    m_tlsFold->addWidget(content);
    m_layout->addWidget(m_tlsFold);
}

QLineEdit* ConnectionFields::addText(const QString& label, QList<Kind> kinds,
                                     const QString& placeholder) {
    auto* edit = new QLineEdit;
    edit->setFont(monoFont(font()));
    edit->setPlaceholderText(placeholder);
    connect(edit, &QLineEdit::textEdited, this, &ConnectionFields::edited);
    addRow(makeLabel(label), edit, std::move(kinds));
    return edit;
}

QLineEdit* ConnectionFields::addSecret(const QString& label, QList<Kind> kinds) {
    QLineEdit* edit = addText(label, std::move(kinds), tr("none"));
    edit->setEchoMode(QLineEdit::Password);
    QAction* look =
        edit->addAction(icon(IconName::lock, IconTone::secondary), QLineEdit::TrailingPosition);
    look->setToolTip(tr("Show the password"));
    connect(look, &QAction::triggered, edit, [edit, look] {
        const bool shown = edit->echoMode() == QLineEdit::Normal;
        edit->setEchoMode(shown ? QLineEdit::Password : QLineEdit::Normal);
        look->setIcon(icon(shown ? IconName::lock : IconName::unlock, IconTone::secondary));
        look->setToolTip(shown ? tr("Show the password") : tr("Hide the password"));
    });
    return edit;
}

void ConnectionFields::addRow(QLabel* label, QWidget* field, QList<Kind> kinds) {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kMedium);
    // As wide as the longest label, so that the fields begin on one line.
    label->setMinimumWidth(QLabel(tr("Sentinels' password")).sizeHint().width());
    label->setBuddy(field);
    if (!label->text().isEmpty()) {
        field->setAccessibleName(label->text());
    }
    row->addWidget(label);
    row->addWidget(field, 1);
    m_layout->addLayout(row);
    m_rows.append({label, field, std::move(kinds)});
}

Kind ConnectionFields::kind() const {
    return static_cast<Kind>(m_kind->currentData().toInt());
}

void ConnectionFields::showKind() {
    const Kind shown = kind();
    for (const Row& row : m_rows) {
        const bool visible = row.kinds.isEmpty() || row.kinds.contains(shown);
        row.label->setVisible(visible);
        row.field->setVisible(visible);
    }
    m_hosts->setPlaceholderText(
        shown == Kind::cluster    ? QStringLiteral("10.0.0.1:6379, 10.0.0.2:6379")
        : shown == Kind::sentinel ? QStringLiteral("10.0.0.1:26379, 10.0.0.2:26379")
                                  : QStringLiteral("127.0.0.1:6379"));
    m_tlsFold->setVisible(m_tls->isChecked() && shown != Kind::socket);
    m_unverified->setVisible(!m_verifies->isChecked());
    m_tlsFold->setSummary(m_verifies->isChecked() ? QString() : tr("not checked"));
}

ConnectionDraft ConnectionFields::draft() const {
    ConnectionDraft draft = m_draft;
    draft.kind = kind();
    draft.hosts = m_hosts->text().trimmed();
    draft.socketPath = m_socket->path();
    draft.primaryName = m_primary->text().trimmed();
    draft.database = m_database->text().trimmed();
    draft.user = m_user->text().trimmed();
    draft.password = m_password->text();
    draft.sentinelUser = m_sentinelUser->text().trimmed();
    draft.sentinelPassword = m_sentinelPassword->text();
    draft.readsReplicas = m_replicas->isChecked();
    draft.tls = m_tls->isChecked();
    draft.verifies = m_verifies->isChecked();
    draft.caFile = m_ca->path();
    draft.certificateFile = m_certificate->path();
    draft.keyFile = m_key->path();
    draft.serverName = m_serverName->text().trimmed();
    return draft;
}

void ConnectionFields::setDraft(const ConnectionDraft& draft) {
    const QSignalBlocker quiet(this);
    m_draft = draft;
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(draft.kind)));
    setText(m_hosts, draft.hosts);
    m_socket->setPath(draft.socketPath);
    setText(m_primary, draft.primaryName);
    setText(m_database, draft.database);
    setText(m_user, draft.user);
    setText(m_password, draft.password);
    setText(m_sentinelUser, draft.sentinelUser);
    setText(m_sentinelPassword, draft.sentinelPassword);
    m_replicas->setChecked(draft.readsReplicas);
    m_tls->setChecked(draft.tls);
    m_verifies->setChecked(draft.verifies);
    m_ca->setPath(draft.caFile);
    m_certificate->setPath(draft.certificateFile);
    m_key->setPath(draft.keyFile);
    setText(m_serverName, draft.serverName);
    showKind();
}

}  // namespace cachescope::ui
