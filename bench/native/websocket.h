/* What both ends of a WebSocket need (RFC 6455), without any library: the key of the handshake, frame headers, lib0 numbers. */
#ifndef BENCH_WEBSOCKET_H
#define BENCH_WEBSOCKET_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    uint8_t *data;
    size_t len, cap;
} Buffer;

static void fail(const char *what) {
    perror(what);
    exit(2);
}

static void reserve(Buffer *b, size_t more) {
    if (b->len + more <= b->cap) return;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < b->len + more) cap *= 2;
    b->data = realloc(b->data, cap);
    if (!b->data) fail("realloc");
    b->cap = cap;
}

static void put(Buffer *b, const void *data, size_t len) {
    reserve(b, len);
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

static void put_byte(Buffer *b, uint8_t byte) {
    reserve(b, 1);
    b->data[b->len++] = byte;
}

/* A whole number as lib0 writes it: seven bits a byte, the lowest first. */
static void put_number(Buffer *b, uint64_t value) {
    while (value > 127) {
        put_byte(b, 128 | (value & 127));
        value >>= 7;
    }
    put_byte(b, (uint8_t)value);
}

static void put_bytes(Buffer *b, const void *data, size_t len) {
    put_number(b, len);
    put(b, data, len);
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static uint32_t rotate(uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }

/* SHA-1 of at most 119 bytes: a handshake hashes 60. */
static void sha1(const uint8_t *data, size_t len, uint8_t digest[20]) {
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    uint8_t padded[128] = {0};
    size_t total = len + 9 <= 64 ? 64 : 128;
    memcpy(padded, data, len);
    padded[len] = 0x80;
    for (int i = 0; i < 8; i++) padded[total - 1 - i] = (uint8_t)(((uint64_t)len * 8) >> (8 * i));
    for (size_t block = 0; block < total; block += 64) {
        uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)padded[block + 4 * i] << 24 | (uint32_t)padded[block + 4 * i + 1] << 16 |
                   (uint32_t)padded[block + 4 * i + 2] << 8 | padded[block + 4 * i + 3];
        for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (int i = 0; i < 80; i++) {
            uint32_t f, k;
            if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
            else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
            else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
            else f = b ^ c ^ d, k = 0xCA62C1D6;
            uint32_t t = rotate(a, 5) + f + e + k + w[i];
            e = d, d = c, c = rotate(b, 30), b = a, a = t;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t *data, size_t len, char *out) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)data[i] << 16 | (i + 1 < len ? data[i + 1] << 8 : 0) | (i + 2 < len ? data[i + 2] : 0);
        *out++ = letters[v >> 18];
        *out++ = letters[v >> 12 & 63];
        *out++ = i + 1 < len ? letters[v >> 6 & 63] : '=';
        *out++ = i + 2 < len ? letters[v & 63] : '=';
    }
    *out = 0;
}

/* What a server answers to a Sec-WebSocket-Key of 24 characters. accept: 29 bytes. */
static void accept_key(const char key[24], char *accept) {
    uint8_t joined[60], digest[20];
    memcpy(joined, key, 24);
    memcpy(joined + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    sha1(joined, 60, digest);
    base64(digest, 20, accept);
}

enum { WS_MORE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

typedef struct {
    int opcode, final;
    uint8_t *payload;
    size_t len, total; /* total: of the whole frame, header included */
} Frame;

/* Reads one frame, unmasking it in place. 1: read; 0: more bytes are needed (total says how many when known); -1: nonsense. */
static int read_frame(uint8_t *p, size_t n, Frame *f) {
    f->total = 0;
    if (n < 2) return 0;
    if (p[0] & 0x70) return -1; /* an extension nobody asked for */
    size_t head = 2, mask = p[1] & 0x80 ? 4 : 0;
    uint64_t len = p[1] & 0x7f;
    if (len == 126) {
        if (n < 4) return 0;
        len = (uint64_t)p[2] << 8 | p[3];
        head = 4;
    } else if (len == 127) {
        if (n < 10) return 0;
        len = 0;
        for (int i = 0; i < 8; i++) len = len << 8 | p[2 + i];
        head = 10;
        if (len > 1u << 30) return -1;
    }
    f->total = head + mask + len;
    if (n < f->total) return 0;
    f->opcode = p[0] & 15;
    f->final = p[0] >> 7;
    f->payload = p + head + mask;
    f->len = len;
    if (mask)
        for (size_t i = 0; i < len; i++) f->payload[i] ^= p[head + (i & 3)];
    return 1;
}

/* Appends one frame. mask: NULL from a server, four bytes from a client. */
static void put_frame(Buffer *b, int opcode, const uint8_t *payload, size_t len, const uint8_t *mask) {
    uint8_t bit = mask ? 0x80 : 0;
    reserve(b, len + 14);
    put_byte(b, 0x80 | (uint8_t)opcode);
    if (len < 126) {
        put_byte(b, bit | (uint8_t)len);
    } else if (len < 65536) {
        put_byte(b, bit | 126);
        put_byte(b, (uint8_t)(len >> 8));
        put_byte(b, (uint8_t)len);
    } else {
        put_byte(b, bit | 127);
        for (int i = 7; i >= 0; i--) put_byte(b, (uint8_t)((uint64_t)len >> (8 * i)));
    }
    if (mask) put(b, mask, 4);
    uint8_t *at = b->data + b->len;
    memcpy(at, payload, len);
    if (mask)
        for (size_t i = 0; i < len; i++) at[i] ^= mask[i & 3];
    b->len += len;
}

#endif
