/* Durations in nanoseconds, kept to about 2 % by their leading bits. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>

enum { FINE_BITS = 5, BUCKETS = 64 << FINE_BITS };

typedef struct {
    uint64_t counts[BUCKETS], total, max;
    double sum;
} Histogram;

static int bucket_of(uint64_t value) {
    if (value < 1u << FINE_BITS) return (int)value;
    int shift = 63 - __builtin_clzll(value) - FINE_BITS;
    return ((shift + 1) << FINE_BITS) + (int)((value >> shift) & ((1u << FINE_BITS) - 1));
}

/* The largest value of a bucket. */
static double value_of(int bucket) {
    if (bucket < 1 << FINE_BITS) return bucket;
    int shift = (bucket >> FINE_BITS) - 1;
    return (double)((((uint64_t)(bucket & ((1 << FINE_BITS) - 1)) + (1u << FINE_BITS) + 1) << shift) - 1);
}

static void record(Histogram *h, uint64_t value) {
    h->counts[bucket_of(value)]++;
    h->total++;
    h->sum += (double)value;
    if (value > h->max) h->max = value;
}

static double percentile(const Histogram *h, double share) {
    uint64_t wanted = (uint64_t)((double)h->total * share), below = 0;
    for (int i = 0; i < BUCKETS; i++) {
        below += h->counts[i];
        if (below > wanted) return value_of(i) < (double)h->max ? value_of(i) : (double)h->max;
    }
    return (double)h->max;
}

/* In milliseconds. */
static void print_histogram(const char *name, const Histogram *h) {
    printf("\"%s\":{\"count\":%llu,\"mean\":%.4f,\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"max\":%.4f}", name, (unsigned long long)h->total,
           h->total ? h->sum / (double)h->total / 1e6 : 0, percentile(h, 0.5) / 1e6, percentile(h, 0.9) / 1e6,
           percentile(h, 0.99) / 1e6, (double)h->max / 1e6);
}

#endif
