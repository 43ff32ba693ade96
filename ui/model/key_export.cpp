// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/key_export.h"

#include <QIODevice>

#include "ui/model/key_text.h"

namespace cachescope::ui {

namespace {

constexpr qsizetype kBlockBytes = 262'144;

QByteArray field(const QByteArray& text) {
    QByteArray quoted = text;
    return '"' + quoted.replace('"', "\"\"") + '"';
}

QByteArray nameField(std::string_view name) {
    const QByteArray bytes(name.data(), static_cast<qsizetype>(name.size()));
    const bool asItIs = bytes.isValidUtf8() && !bytes.contains('\0');
    return field(asItIs ? bytes : keyText(name).toUtf8());
}

QByteArray ttlField(const inspect::KeyFacts& facts, const KeyMark& mark, std::int64_t now) {
    if (mark.isGone()) {
        return mark.kind == KeyMark::Kind::removed ? QByteArrayLiteral("removed")
                                                   : QByteArrayLiteral("gone");
    }
    if (facts.expiry == inspect::kExpiryUnknown) {
        return {};
    }
    return facts.expiry == inspect::kNoExpiry
               ? QByteArrayLiteral("none")
               : QByteArray::number(static_cast<double>(facts.expiry - now) / 1e3, 'f', 3);
}

QByteArray line(const Keyspace& keyspace, std::uint32_t key, const KeyMark& mark, std::int64_t now,
                bool hasServers) {
    const inspect::KeyFacts facts = markedFacts(keyspace.view, key, mark);
    QByteArray text =
        nameField(keyspace.view.name(key)) + ',' +
        field(QByteArray(facts.type.data(), static_cast<qsizetype>(facts.type.size()))) + ',' +
        ttlField(facts, mark, now) + ',' +
        (facts.hasSize() ? QByteArray::number(static_cast<quint64>(facts.bytes)) : QByteArray());
    if (keyspace.knowsIdle) {
        text += ',';
        text += facts.idle == inspect::kIdleUnknown ? QByteArray() : QByteArray::number(facts.idle);
    }
    if (hasServers) {
        const auto& servers = keyspace.link->servers();
        text += ',';
        text += facts.server < servers.size()
                    ? field(QByteArray::fromStdString(servers[facts.server].address.toText()))
                    : QByteArray();
    }
    return text + '\n';
}

}  // namespace

Result<void> writeKeyCsv(QIODevice& device, const Keyspace& keyspace,
                         std::span<const std::uint32_t> keys, const KeyMarks& marks,
                         std::int64_t now, const std::function<bool()>& goOn) {
    const bool hasServers = keyspace.link != nullptr && keyspace.link->size() > 1;
    QByteArray block = QByteArrayLiteral("key,type,ttl_s,bytes");
    if (keyspace.knowsIdle) {
        block +=
            keyspace.usesFrequency ? QByteArrayLiteral(",frequency") : QByteArrayLiteral(",idle_s");
    }
    block += hasServers ? QByteArrayLiteral(",server\n") : QByteArrayLiteral("\n");
    const auto write = [&] {
        const bool written = device.write(block) == block.size();
        block.clear();
        return written;
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i % 1024 == 0 && !goOn()) {
            return Error{ErrorCode::cancelled};
        }
        block += line(keyspace, keys[i], marks.of(keys[i]), now, hasServers);
        if (block.size() >= kBlockBytes && !write()) {
            return Error{ErrorCode::io, {}, device.errorString().toStdString()};
        }
    }
    if (!write()) {
        return Error{ErrorCode::io, {}, device.errorString().toStdString()};
    }
    return {};
}

QByteArray joinedNames(const Keyspace& keyspace, std::span<const std::uint32_t> keys,
                       const std::function<bool()>& goOn) {
    QByteArray names;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i % 1024 == 0 && !goOn()) {
            return {};
        }
        const std::string_view name = keyspace.view.name(keys[i]);
        names += i > 0 ? "\n" : "";
        names.append(name.data(), static_cast<qsizetype>(name.size()));
    }
    return names;
}

}  // namespace cachescope::ui
