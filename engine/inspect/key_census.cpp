// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/key_census.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "engine/core/hash.h"

namespace cachescope::inspect {

namespace {

constexpr std::size_t kChunkRecords = 32'768;
constexpr unsigned kOffsetBits = 20;
constexpr std::size_t kNameChunkBytes = std::size_t{1} << kOffsetBits;
constexpr std::size_t kTermChunk = 256;
constexpr std::size_t kMostTypes = 64;
constexpr std::size_t kMostExpected = std::size_t{1} << 25;
constexpr std::size_t kFirstSlots = 1024;
// Beyond this the numbers of keys would not fit into the index.
constexpr std::size_t kMostKeys = 0xfffffff0U;

constexpr std::uint32_t kNoNamespace = 0;
constexpr std::uint32_t kOtherNamespaces = 1;

constexpr std::uint64_t mask(unsigned bits) noexcept {
    return (std::uint64_t{1} << bits) - 1;
}
constexpr std::uint64_t kNoExpiryStored = mask(48);
constexpr std::uint64_t kSizeUnknownStored = mask(40);
constexpr std::uint64_t kIdleUnknownStored = mask(24);

std::uint64_t storedExpiry(std::int64_t expiry) noexcept {
    if (expiry == kNoExpiry) {
        return kNoExpiryStored;
    }
    // 0 stands for unknown.
    return expiry < 0 ? 0
                      : std::clamp<std::uint64_t>(static_cast<std::uint64_t>(expiry), 1,
                                                  kNoExpiryStored - 1);
}

std::size_t lengthBytes(std::size_t length) noexcept {
    std::size_t bytes = 1;
    for (; length >= 0x80; length >>= 7U) {
        ++bytes;
    }
    return bytes;
}

}  // namespace

// 48 bits expiry, 6 type, 10 server; 40 place of the name, 24 idle; 40 size, 24 namespace.
struct CensusView::Record {
    std::uint64_t expiryTypeServer;
    std::uint64_t nameIdle;
    std::uint64_t sizeNamespace;
};

struct CensusView::RecordChunk {
    std::array<Record, kChunkRecords> records;
};

struct CensusView::NameChunk {
    explicit NameChunk(std::size_t size) : bytes(new char[size]) {}
    std::unique_ptr<char[]> bytes;
};

// Never moved once written, so that a view reads what was there when it was made.
struct CensusView::Names {
    using Chunk = std::array<std::string, kTermChunk>;
    std::array<std::unique_ptr<Chunk>, KeyCensus::kMostNamespaces / kTermChunk + 1> namespaces;
    std::array<std::string, kMostTypes> types;
    // For the writer alone.
    std::unordered_map<std::string_view, std::uint32_t> numbers;
};

const CensusView::Record& CensusView::record(std::size_t key) const noexcept {
    return m_records[key / kChunkRecords]->records[key % kChunkRecords];
}

std::string_view CensusView::name(std::size_t key) const noexcept {
    const std::uint64_t place = record(key).nameIdle & mask(40);
    const char* at = m_names[place >> kOffsetBits]->bytes.get() + (place & mask(kOffsetBits));
    std::size_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::size_t byte = static_cast<unsigned char>(*at++);
        length |= (byte & 0x7fU) << shift;
        if (byte < 0x80U) {
            return {at, length};
        }
    }
}

KeyFacts CensusView::facts(std::size_t key) const noexcept {
    const Record& stored = record(key);
    KeyFacts facts;
    const std::uint64_t expiry = stored.expiryTypeServer & mask(48);
    if (expiry != 0) {
        facts.expiry = expiry == kNoExpiryStored ? kNoExpiry : static_cast<std::int64_t>(expiry);
    }
    facts.type = typeName(typeOf(key));
    facts.server = static_cast<std::uint16_t>(stored.expiryTypeServer >> 54U);
    const std::uint64_t size = stored.sizeNamespace & mask(40);
    facts.bytes = size == kSizeUnknownStored ? kSizeUnknown : size;
    const std::uint64_t idle = stored.nameIdle >> 40U;
    facts.idle = idle == kIdleUnknownStored ? kIdleUnknown : static_cast<std::uint32_t>(idle);
    return facts;
}

std::uint32_t CensusView::namespaceOf(std::size_t key) const noexcept {
    return static_cast<std::uint32_t>(record(key).sizeNamespace >> 40U);
}

std::uint32_t CensusView::typeOf(std::size_t key) const noexcept {
    return static_cast<std::uint32_t>((record(key).expiryTypeServer >> 48U) & mask(6));
}

std::string_view CensusView::namespaceName(std::uint32_t number) const noexcept {
    return (*m_terms->namespaces[number / kTermChunk])[number % kTermChunk];
}

std::string_view CensusView::typeName(std::uint32_t number) const noexcept {
    return m_terms->types[number];
}

Result<CensusView> CensusView::revised(std::span<const KeyRevision> revisions) const {
    CensusView now = *this;
    now.m_records.clear();
    now.m_size = 0;
    std::shared_ptr<RecordChunk> chunk;
    auto next = revisions.begin();
    try {
        for (std::size_t key = 0; key < m_size; ++key) {
            next = std::find_if(next, revisions.end(),
                                [key](const KeyRevision& each) { return each.key >= key; });
            const bool isRevised = next != revisions.end() && next->key == key;
            if (isRevised && next->expiry == kKeyGone) {
                continue;
            }
            if (now.m_size % kChunkRecords == 0) {
                chunk = std::make_shared_for_overwrite<RecordChunk>();
                now.m_records.push_back(chunk);
            }
            Record& kept = chunk->records[now.m_size++ % kChunkRecords];
            kept = record(key);
            if (isRevised) {
                kept.expiryTypeServer =
                    (kept.expiryTypeServer & ~mask(48)) | storedExpiry(next->expiry);
            }
        }
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, {}, "no memory for the keys that are left"};
    }
    return now;
}

KeyCensus::KeyCensus(std::string separator)
    : m_terms(std::make_shared<CensusView::Names>()), m_slots(kFirstSlots), m_tags(kFirstSlots) {
    m_all.m_separator = std::move(separator);
    m_all.m_terms = m_terms;
    m_terms->namespaces[0] = std::make_unique<CensusView::Names::Chunk>();
    (*m_terms->namespaces[0])[kOtherNamespaces] = kManyOthers;
    m_all.m_namespaces = 2;
    m_all.m_types = 1;
}

KeyCensus::~KeyCensus() = default;

Result<std::size_t> KeyCensus::add(std::span<const NamedKey> keys) {
    const std::lock_guard lock(m_mutex);
    std::size_t added = 0;
    try {
        for (const NamedKey& key : keys) {
            added += insert(key) ? 1U : 0U;
        }
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::tooLarge, {}, "no memory for more keys"};
    }
    return added;
}

bool KeyCensus::insert(const NamedKey& key) {
    const std::uint64_t hash = hash64(key.name);
    const auto tag = static_cast<std::uint8_t>(hash >> 56U);
    std::size_t slot = hash & (m_slots.size() - 1);
    for (; m_slots[slot] != 0; slot = (slot + 1) & (m_slots.size() - 1)) {
        if (m_tags[slot] == tag && m_all.name(m_slots[slot] - 1) == key.name) {
            return false;
        }
    }
    const std::size_t number = m_all.m_size;
    if (number >= kMostKeys) {
        throw std::bad_alloc{};
    }
    if (number / kChunkRecords == m_recordChunks.size()) {
        m_recordChunks.reserve(m_recordChunks.size() + 1);
        m_all.m_records.reserve(m_recordChunks.size() + 1);
        m_recordChunks.push_back(std::make_shared_for_overwrite<CensusView::RecordChunk>());
        m_all.m_records.push_back(m_recordChunks.back());
    }
    const std::uint64_t type = typeNumber(key.facts.type);
    const std::uint64_t space = namespaceNumber(key.name);
    const std::uint64_t place = keepName(key.name);
    CensusView::Record& record = m_recordChunks.back()->records[number % kChunkRecords];
    record.expiryTypeServer = storedExpiry(key.facts.expiry) | type << 48U |
                              (static_cast<std::uint64_t>(key.facts.server) & mask(10)) << 54U;
    record.nameIdle = place | std::min<std::uint64_t>(key.facts.idle, kIdleUnknownStored) << 40U;
    record.sizeNamespace = std::min(key.facts.bytes, kSizeUnknownStored) | space << 40U;
    ++m_all.m_size;
    m_slots[slot] = static_cast<std::uint32_t>(m_all.m_size);
    m_tags[slot] = tag;
    if (m_all.m_size * 4 >= m_slots.size() * 3) {
        growTo(m_slots.size() * 2);
    }
    return true;
}

std::optional<KeyFacts> KeyCensus::find(std::string_view name) const {
    const std::uint64_t hash = hash64(name);
    const auto tag = static_cast<std::uint8_t>(hash >> 56U);
    const std::lock_guard lock(m_mutex);
    for (std::size_t slot = hash & (m_slots.size() - 1); m_slots[slot] != 0;
         slot = (slot + 1) & (m_slots.size() - 1)) {
        if (m_tags[slot] == tag && m_all.name(m_slots[slot] - 1) == name) {
            KeyFacts facts = m_all.facts(m_slots[slot] - 1);
            facts.type = {};  // lives as long as a view does, and there is none
            return facts;
        }
    }
    return std::nullopt;
}

void KeyCensus::growTo(std::size_t slots) {
    std::vector<std::uint32_t> numbers(slots);
    std::vector<std::uint8_t> tags(slots);
    for (std::size_t key = 0; key < m_all.m_size; ++key) {
        const std::uint64_t hash = hash64(m_all.name(key));
        std::size_t slot = hash & (slots - 1);
        while (numbers[slot] != 0) {
            slot = (slot + 1) & (slots - 1);
        }
        numbers[slot] = static_cast<std::uint32_t>(key + 1);
        tags[slot] = static_cast<std::uint8_t>(hash >> 56U);
    }
    m_slots = std::move(numbers);
    m_tags = std::move(tags);
}

void KeyCensus::expect(std::size_t keys) {
    const std::size_t wanted =
        std::min(std::bit_ceil(std::min(keys, kMostExpected) * 3 / 2), kMostExpected);
    const std::lock_guard lock(m_mutex);
    try {
        if (wanted > m_slots.size()) {
            growTo(wanted);
        }
    } catch (const std::bad_alloc&) {
        // It was a hint; where memory is really short, add() says so.
    }
}

std::uint64_t KeyCensus::keepName(std::string_view name) {
    const std::size_t wanted = lengthBytes(name.size()) + name.size();
    const bool ownChunk = wanted > kNameChunkBytes / 4;
    CensusView::NameChunk* chunk = m_nameChunk.get();
    std::uint64_t chunkNumber = m_nameChunkNumber;
    std::size_t offset = m_nameChunkUsed;
    if (ownChunk || chunk == nullptr || kNameChunkBytes - m_nameChunkUsed < wanted) {
        if (m_all.m_names.size() > mask(40 - kOffsetBits)) {
            throw std::bad_alloc{};
        }
        const std::size_t size = ownChunk ? wanted : kNameChunkBytes;
        auto made = std::make_shared<CensusView::NameChunk>(size);
        m_all.m_names.push_back(made);
        m_nameBytes += size;
        chunk = made.get();
        chunkNumber = m_all.m_names.size() - 1;
        offset = 0;
        if (!ownChunk) {
            m_nameChunk = std::move(made);
            m_nameChunkNumber = chunkNumber;
        }
    }
    char* at = chunk->bytes.get() + offset;
    std::size_t length = name.size();
    for (; length >= 0x80; length >>= 7U) {
        *at++ = static_cast<char>((length & 0x7fU) | 0x80U);
    }
    *at++ = static_cast<char>(length);
    std::copy(name.begin(), name.end(), at);
    if (!ownChunk) {
        m_nameChunkUsed = offset + wanted;
    }
    return chunkNumber << kOffsetBits | offset;
}

std::uint32_t KeyCensus::namespaceNumber(std::string_view name) {
    const std::string& separator = m_all.m_separator;
    const std::size_t end = separator.empty() ? std::string_view::npos : name.find(separator);
    if (end == std::string_view::npos) {
        return kNoNamespace;
    }
    const std::string_view space = name.substr(0, end);
    const auto found = m_terms->numbers.find(space);
    if (found != m_terms->numbers.end()) {
        return found->second;
    }
    const auto number = static_cast<std::uint32_t>(m_all.m_namespaces);
    if (number >= kMostNamespaces) {
        return kOtherNamespaces;
    }
    auto& chunk = m_terms->namespaces[number / kTermChunk];
    if (chunk == nullptr) {
        chunk = std::make_unique<CensusView::Names::Chunk>();
    }
    std::string& kept = (*chunk)[number % kTermChunk];
    kept = space;
    m_terms->numbers.emplace(kept, number);
    ++m_all.m_namespaces;
    return number;
}

std::uint32_t KeyCensus::typeNumber(std::string_view type) {
    for (std::size_t i = 0; i < m_all.m_types; ++i) {
        if (m_terms->types[i] == type) {
            return static_cast<std::uint32_t>(i);
        }
    }
    if (m_all.m_types >= kMostTypes) {
        return 0;
    }
    m_terms->types[m_all.m_types] = type;
    return static_cast<std::uint32_t>(m_all.m_types++);
}

CensusView KeyCensus::view() const {
    const std::lock_guard lock(m_mutex);
    return m_all;
}

std::size_t KeyCensus::size() const {
    const std::lock_guard lock(m_mutex);
    return m_all.m_size;
}

std::size_t KeyCensus::memoryBytes() const {
    const std::lock_guard lock(m_mutex);
    return m_recordChunks.size() * sizeof(CensusView::RecordChunk) + m_nameBytes +
           m_slots.size() * (sizeof m_slots.front() + sizeof m_tags.front());
}

}  // namespace cachescope::inspect
