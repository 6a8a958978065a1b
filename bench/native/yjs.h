/* Reading a Yjs update (version 1): which clocks of which clients it carries. No document is built. */
#ifndef BENCH_YJS_H
#define BENCH_YJS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *at, *end;
    bool broken; /* went past the end, or met what no Yjs writes */
} Reader;

static uint8_t read_byte(Reader *r) {
    if (r->at >= r->end) {
        r->broken = true;
        return 0;
    }
    return *r->at++;
}

static uint64_t read_number(Reader *r) {
    uint64_t value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
        uint8_t byte = read_byte(r);
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return value;
    }
    r->broken = true;
    return 0;
}

static const uint8_t *read_bytes(Reader *r, size_t *len) {
    uint64_t n = read_number(r);
    const uint8_t *start = r->at;
    if (r->broken || n > (uint64_t)(r->end - r->at)) {
        r->broken = true;
        *len = 0;
        return start;
    }
    r->at += n;
    *len = n;
    return start;
}

static void skip_bytes(Reader *r) {
    size_t len;
    read_bytes(r, &len);
}

static void skip(Reader *r, size_t n) {
    if (n > (size_t)(r->end - r->at)) r->broken = true;
    else r->at += n;
}

/* Length of a text as Yjs counts it: in UTF-16 units. */
static uint64_t text_units(Reader *r) {
    size_t len;
    const uint8_t *text = read_bytes(r, &len);
    uint64_t units = 0;
    for (size_t i = 0; i < len; i++) units += ((text[i] & 0xC0) != 0x80) + (text[i] >= 0xF0);
    return units;
}

/* One value of lib0's `any` encoding. */
static void skip_any(Reader *r, int depth) {
    uint8_t kind = read_byte(r);
    if (depth > 64) r->broken = true;
    if (r->broken) return;
    switch (kind) {
        case 127: case 126: case 121: case 120: return; /* undefined, null, false, true */
        case 125: while (read_byte(r) & 128 && !r->broken) {} return; /* a signed number */
        case 124: skip(r, 4); return;
        case 123: case 122: skip(r, 8); return;
        case 119: case 116: skip_bytes(r); return;
        case 118: case 117: {
            uint64_t count = read_number(r);
            for (uint64_t i = 0; i < count && !r->broken; i++) {
                if (kind == 118) skip_bytes(r);
                skip_any(r, depth + 1);
            }
            return;
        }
        default: r->broken = true;
    }
}

static void skip_id(Reader *r) {
    read_number(r);
    read_number(r);
}

static uint64_t content_length(Reader *r, int kind) {
    uint64_t count;
    switch (kind) {
        case 1: return read_number(r);                        /* deleted */
        case 2:                                               /* JSON texts */
            count = read_number(r);
            for (uint64_t i = 0; i < count && !r->broken; i++) skip_bytes(r);
            return count;
        case 3: case 5: skip_bytes(r); return 1;              /* binary, embed */
        case 4: return text_units(r);                         /* text, maybe of many key presses */
        case 6: skip_bytes(r); skip_bytes(r); return 1;       /* format: key and value */
        case 7: {                                             /* a nested type; an element or a hook has a name */
            uint64_t type = read_number(r);
            if (type == 3 || type == 5) skip_bytes(r);
            return 1;
        }
        case 8:                                               /* values */
            count = read_number(r);
            for (uint64_t i = 0; i < count && !r->broken; i++) skip_any(r, 0);
            return count;
        case 9: skip_bytes(r); skip_any(r, 0); return 1;      /* a document */
        default: r->broken = true; return 1;
    }
}

typedef void Carried(void *whom, uint64_t client, uint64_t clock, uint64_t length);

/* Calls `carried` for each struct but skips. False when the update cannot be read to its very end. */
static bool read_update(const uint8_t *data, size_t len, Carried *carried, void *whom) {
    Reader r = {data, data + len, false};
    uint64_t clients = read_number(&r);
    for (uint64_t c = 0; c < clients && !r.broken; c++) {
        uint64_t structs = read_number(&r), client = read_number(&r), clock = read_number(&r);
        for (uint64_t s = 0; s < structs && !r.broken; s++) {
            uint8_t info = read_byte(&r);
            int kind = info & 31;
            uint64_t length;
            if (kind == 0 || kind == 10) {
                length = read_number(&r); /* collected text, or a hole */
            } else {
                if (info & 0x80) skip_id(&r);
                if (info & 0x40) skip_id(&r);
                if (!(info & 0xC0)) {
                    if (read_number(&r) == 1) skip_bytes(&r);
                    else skip_id(&r);
                    if (info & 0x20) skip_bytes(&r);
                }
                length = content_length(&r, kind);
            }
            if (r.broken) return false;
            if (kind != 10) carried(whom, client, clock, length);
            clock += length;
        }
    }
    uint64_t deleting = read_number(&r);
    for (uint64_t c = 0; c < deleting && !r.broken; c++) {
        read_number(&r);
        uint64_t ranges = read_number(&r);
        for (uint64_t i = 0; i < ranges && !r.broken; i++) skip_id(&r);
    }
    return !r.broken && r.at == r.end;
}

/* Clocks seen of some clients: sorted ranges, [start, end). */
typedef struct {
    uint64_t start, end;
} Range;

typedef struct {
    uint64_t client;
    Range *ranges;
    size_t count, cap;
} ClientRanges;

typedef struct {
    ClientRanges *clients;
    size_t count, cap, last; /* last: where the latest was found, as structs of one client follow each other */
    uint64_t total;          /* clocks seen, of all clients */
} Clocks;

static ClientRanges *ranges_of(Clocks *set, uint64_t client) {
    if (set->last < set->count && set->clients[set->last].client == client) return &set->clients[set->last];
    for (size_t i = 0; i < set->count; i++)
        if (set->clients[i].client == client) {
            set->last = i;
            return &set->clients[i];
        }
    if (set->count == set->cap) {
        set->cap = set->cap ? set->cap * 2 : 8;
        set->clients = realloc(set->clients, set->cap * sizeof *set->clients);
        if (!set->clients) abort();
    }
    set->last = set->count;
    set->clients[set->count] = (ClientRanges){client, NULL, 0, 0};
    return &set->clients[set->count++];
}

static void add_clocks(void *whom, uint64_t client, uint64_t clock, uint64_t length) {
    Clocks *set = whom;
    ClientRanges *c = ranges_of(set, client);
    uint64_t start = clock, end = clock + length;
    size_t at = c->count;
    while (at > 0 && c->ranges[at - 1].end >= start) at--; /* the first range that touches the new one */
    size_t after = at;
    while (after < c->count && c->ranges[after].start <= end) {
        if (c->ranges[after].start < start) start = c->ranges[after].start;
        if (c->ranges[after].end > end) end = c->ranges[after].end;
        set->total -= c->ranges[after].end - c->ranges[after].start;
        after++;
    }
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 4;
        c->ranges = realloc(c->ranges, c->cap * sizeof *c->ranges);
        if (!c->ranges) abort();
    }
    memmove(c->ranges + at + 1, c->ranges + after, (c->count - after) * sizeof *c->ranges);
    c->count = c->count - (after - at) + 1;
    c->ranges[at] = (Range){start, end};
    set->total += end - start;
}

/* How many clocks of [start, end) were not seen. */
static uint64_t missing_clocks(Clocks *set, uint64_t client, uint64_t start, uint64_t end) {
    ClientRanges *c = ranges_of(set, client);
    uint64_t found = 0;
    for (size_t i = 0; i < c->count; i++) {
        uint64_t from = c->ranges[i].start > start ? c->ranges[i].start : start;
        uint64_t to = c->ranges[i].end < end ? c->ranges[i].end : end;
        if (to > from) found += to - from;
    }
    return end - start - found;
}

#endif
