/* Hashes of the data of seed 1 by equation and recipe; they belong to ASSAY_TABLE_VERSION_NOW. */
#ifndef ASSAY_TESTS_GENERATORS_TABLE_GOLDEN_H
#define ASSAY_TESTS_GENERATORS_TABLE_GOLDEN_H

static const struct {
  const char *id, *more, *hash;
} golden[] = {
    {"feynman-i.12.1", "", "5d7d9823fde82c5d9490daf5198a2a91a4ac5ae6da76cb95f5d98a21babc4aa6"},
    {"feynman-i.18.12", "", "5b4af48603e16bdd0857d327f007ba1448bdd526b258a4b50a1b56f3072c93a2"},
    {"feynman-iii.14.14", "", "4bcfeb49969af8e1443685a1f7dbd63209ab4a22de89ee6f1d33a3dd6204790e"},
    {"feynman-bonus.2", "", "2dea3d070f9ea77526465f1908b9d067839b63718b419222dc28da6cce8abcbd"},
    {"feynman-bonus.6", "", "f61a8b4cf38e2e61d0eec5ab6276376c5f39639b64ec91975c3c0cf42dcf318d"},
    {"feynman-i.30.3", "params: {dummies: published}\n",
     "071b49f2d772978e5be120693306f1ad047e32ee159c4b8d8828796345ba2fc0"},
    {"feynman-ii.24.17", "params: {dummies: correlated, dummy_count: 2}\n",
     "b3e54ce34e1c57e1b396e7778ab9d1008138291de8b2d20da361252804d40a6c"},
    {"feynman-i.9.18",
     "params: {target_noise: 0.1, outliers: 0.01, feature_noise: 0.01, rows: 1000}\n",
     "15f1b8c644e60dc325535fa3b9b7a29f20ef3d0fbcc3bc72c56b2e73369d4c4b"},
};

#endif
