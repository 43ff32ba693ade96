// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/server_panel_models.h"

#include <QDateTime>
#include <algorithm>

#include "ui/model/configuration_text.h"
#include "ui/model/formats.h"
#include "ui/model/printable_text.h"
#include "ui/model/readable_lines.h"
#include "ui/model/value_text.h"

namespace cachescope::ui {

using inspect::ClientEntry;
using inspect::ConfigurationValue;
using inspect::SlowCommand;

namespace {

constexpr std::size_t kMostWordBytes = 200;
constexpr qsizetype kMostCommandLetters = 2000;

QVariant aligned(bool isNumber) {
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft)));
}

bool isOurs(const ClientEntry& client) {
    return client.isOurs || client.name == "cachescope";
}

// To the second, as the server tells them.
QString wholeSeconds(Duration span) {
    const double count = seconds(span);
    return count < 60 ? formatSpan(count) : formatLatency(count);
}

// Measured in whole microseconds.
QString tookText(Duration took) {
    return took < std::chrono::microseconds{1}   ? SlowLogModel::tr("< 1\u00a0µs")
           : took < std::chrono::milliseconds{1} ? formatSpan(seconds(took))
                                                 : formatLatency(seconds(took));
}

QDateTime local(TimePoint at) {
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch());
    return QDateTime::fromSecsSinceEpoch(since.count());
}

QString moment(TimePoint at, TimePoint now) {
    const bool isToday = local(at).date() == local(now).date();
    return QLocale().toString(
        local(at), isToday ? QStringLiteral("HH:mm:ss") : QStringLiteral("d MMM HH:mm:ss"));
}

}  // namespace

SlowLogModel::SlowLogModel(ServerPanelsPresenter& presenter, QObject* parent)
    : RowTableModel(parent), m_presenter(presenter) {
    const auto follow = [this] { takeRows(m_presenter.slowLog().rows); };
    connect(&presenter, &ServerPanelsPresenter::changed, this, follow);
    follow();
}

std::string SlowLogModel::identity(const SlowCommand& row) const {
    // Numbers begin anew when the server starts.
    return std::to_string(row.id) + ' ' + std::to_string(row.at.time_since_epoch().count());
}

int SlowLogModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns);
}

QString SlowLogModel::commandText(const std::vector<std::string>& words) {
    QString line;
    for (const std::string& word : words) {
        if (!line.isEmpty()) {
            line += u' ';
        }
        const std::string_view shown = std::string_view{word}.substr(0, kMostWordBytes);
        const bool isQuoted = word.empty() || word.find_first_of(" \"") != std::string::npos;
        line +=
            isQuoted ? QStringLiteral("\"%1\"").arg(quotedLetters(shown)) : printableText(shown);
        if (shown.size() < word.size()) {
            line += u'…';
        }
        if (line.size() > kMostCommandLetters) {
            return line.left(kMostCommandLetters) + u'…';
        }
    }
    return line;
}

QVariant SlowLogModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const SlowCommand& command = row(index);
    const int column = index.column();
    if (role == Qt::TextAlignmentRole) {
        return aligned(column == tookColumn);
    }
    if (role == kSortRole && column == whenColumn) {
        return QVariant::fromValue<qint64>(command.at.time_since_epoch().count());
    }
    if (role == kSortRole && column == tookColumn) {
        return QVariant::fromValue<qint64>(command.took.count());
    }
    if (role != Qt::DisplayRole && role != kSortRole) {
        return {};
    }
    switch (column) {
        case whenColumn:
            return moment(command.at, m_presenter.now());
        case tookColumn:
            return tookText(command.took);
        case commandColumn:
            return commandText(command.words);
        case clientColumn:
            // What the server writes where there is no connection.
            if (command.client == "?:0") {
                return tr("a script");
            }
            return command.clientName.empty() ? printableText(command.client)
                                              : tr("%1 (%2)").arg(printableText(command.clientName),
                                                                  printableText(command.client));
        default:
            return {};
    }
}

QVariant SlowLogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return aligned(section == tookColumn);
    }
    if (role != Qt::DisplayRole || section < 0 || section >= columns) {
        return {};
    }
    return QStringList{tr("when"), tr("took"), tr("command"), tr("client")}[section];
}

ClientModel::ClientModel(ServerPanelsPresenter& presenter, QObject* parent)
    : RowTableModel(parent) {
    const auto follow = [this, &presenter] { takeRows(presenter.clients().rows); };
    connect(&presenter, &ServerPanelsPresenter::changed, this, follow);
    follow();
}

std::string ClientModel::identity(const ClientEntry& row) const {
    return std::to_string(row.id);
}

int ClientModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns);
}

bool ClientModel::hasColumn(int column) const {
    const auto any = [this](auto has) { return std::any_of(rows().begin(), rows().end(), has); };
    switch (column) {
        case nameColumn:
            return any([](const ClientEntry& each) { return !each.name.empty() || each.isOurs; });
        case userColumn:
            return any([](const ClientEntry& each) { return !each.user.empty(); });
        case libraryColumn:
            return any([](const ClientEntry& each) { return !each.library.empty(); });
        case memoryColumn:
            return any([](const ClientEntry& each) { return each.memory > 0; });
        default:
            return true;
    }
}

QString ClientModel::text(const ClientEntry& client, int column) const {
    switch (column) {
        case addressColumn:
            return printableText(client.address);
        case nameColumn:
            return isOurs(client) ? tr("%1 (ours)").arg(printableText(client.name))
                                  : printableText(client.name);
        case userColumn:
            return printableText(client.user);
        case libraryColumn:
            return printableText(client.library);
        case databaseColumn:
            return QLocale().toString(client.database);
        case ageColumn:
            return wholeSeconds(client.age);
        case idleColumn:
            return wholeSeconds(client.idle);
        case commandColumn:
            // "client|list" is how the server writes it.
            return printableText(client.lastCommand).replace(u'|', u' ').toUpper();
        case memoryColumn:
            return client.memory > 0 ? formatBytes(static_cast<double>(client.memory)) : QString();
        default:
            return {};
    }
}

QVariant ClientModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ClientEntry& client = row(index);
    const int column = index.column();
    switch (role) {
        case Qt::TextAlignmentRole:
            return aligned(column == databaseColumn || column == ageColumn ||
                           column == idleColumn || column == memoryColumn);
        case kMarkedRole:
            return isOurs(client);
        case kSortRole:
            switch (column) {
                case databaseColumn:
                    return client.database;
                case ageColumn:
                    return QVariant::fromValue<qint64>(client.age.count());
                case idleColumn:
                    return QVariant::fromValue<qint64>(client.idle.count());
                case memoryColumn:
                    return QVariant::fromValue<quint64>(client.memory);
                default:
                    return text(client, column);
            }
        case Qt::DisplayRole:
            return text(client, column);
        default:
            return {};
    }
}

QVariant ClientModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return aligned(section == databaseColumn || section == ageColumn || section == idleColumn ||
                       section == memoryColumn);
    }
    if (role != Qt::DisplayRole || section < 0 || section >= columns) {
        return {};
    }
    return QStringList{tr("address"), tr("name"), tr("user"),         tr("library"), tr("db"),
                       tr("age"),     tr("idle"), tr("last command"), tr("memory")}[section];
}

ConfigurationModel::ConfigurationModel(ServerPanelsPresenter& presenter, QObject* parent)
    : RowTableModel(parent), m_presenter(presenter) {
    const auto follow = [this] { takeRows(m_presenter.configuration().rows); };
    connect(&presenter, &ServerPanelsPresenter::changed, this, follow);
    follow();
}

std::string ConfigurationModel::identity(const ConfigurationValue& row) const {
    return row.name;
}

int ConfigurationModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns);
}

QVariant ConfigurationModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ConfigurationValue& value = row(index);
    const auto meaning = [&] {
        const auto& link = m_presenter.link();
        return ConfigurationTexts::meaning(value, m_presenter.facts(),
                                           link == nullptr ? 0 : link->database());
    };
    switch (role) {
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
        case kMarkedRole:
            return ConfigurationTexts::matters(value.meaning);
        case Qt::AccessibleTextRole:
            return tr("%1, %2: %3")
                .arg(printableText(value.name), ConfigurationTexts::value(value), meaning());
        case Qt::DisplayRole:
            return index.column() == nameColumn    ? printableText(value.name)
                   : index.column() == valueColumn ? ConfigurationTexts::value(value)
                                                   : meaning();
        default:
            return {};
    }
}

QVariant ConfigurationModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
        section >= columns) {
        return {};
    }
    return QStringList{tr("parameter"), tr("value"), tr("what it means")}[section];
}

QString ServerPanelTexts::failure(const ServerPanelsPresenter& presenter) {
    const auto of = [](const auto& reading) {
        return reading.failure ? refusalText(*reading.failure) : QString();
    };
    switch (presenter.tab()) {
        case ServerTab::slowLog:
            return of(presenter.slowLog());
        case ServerTab::clients:
            return of(presenter.clients());
        case ServerTab::configuration:
            break;
    }
    return of(presenter.configuration());
}

QString ServerPanelTexts::emptySlowLog(const ServerPanelsPresenter& presenter) {
    const auto threshold = presenter.slowThreshold();
    if (!threshold) {
        return tr("The slow log is empty");
    }
    return *threshold < Duration{}
               ? tr("The slow log is off")
               : tr("No command took longer than %1").arg(formatSpan(seconds(*threshold)));
}

QString ServerPanelTexts::summary(const ServerPanelsPresenter& presenter) {
    const auto count = [](std::size_t number) { return formatCount(static_cast<double>(number)); };
    switch (presenter.tab()) {
        case ServerTab::slowLog: {
            const std::size_t rows = presenter.slowLog().rows.size();
            return rows == 0   ? QString()
                   : rows == 1 ? tr("1 slow command")
                               : tr("%1 slow commands").arg(count(rows));
        }
        case ServerTab::clients: {
            const auto& rows = presenter.clients().rows;
            const auto ours =
                static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), isOurs));
            return rows.empty()
                       ? QString()
                       : tr("%1 connected, %2 of them ours").arg(count(rows.size()), count(ours));
        }
        case ServerTab::configuration:
            break;
    }
    const auto& rows = presenter.configuration().rows;
    const auto marked = std::count_if(rows.begin(), rows.end(), [](const ConfigurationValue& each) {
        return ConfigurationTexts::matters(each.meaning);
    });
    return rows.empty()  ? QString()
           : marked == 0 ? tr("%1 settings, all as one would have them").arg(count(rows.size()))
                         : tr("%1 of %2 settings deserve a look")
                               .arg(count(static_cast<std::size_t>(marked)), count(rows.size()));
}

}  // namespace cachescope::ui
