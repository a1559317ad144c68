/* SPDX-License-Identifier: Apache-2.0 */
/* consumer.c - the smallest program that uses the installed library: 1 when two texts are alike. */
#include <stdio.h>
#include <string.h>
#include <syndic.h>

int main(void)
{
    const char *const text[] = {"The river rose again on Sunday night.",
                                "the river ROSE again, on Sunday night"};
    struct syndic_sketch *sketch[2] = {NULL, NULL};
    struct syndic_options options;
    double similarity = 0;

    syndic_options_init(&options);
    for (int i = 0; i < 2; i++)
        if (syndic_sketch_create(&options, text[i], strlen(text[i]), &sketch[i], NULL) != SYNDIC_OK)
            return 1;
    if (syndic_sketch_similarity(sketch[0], sketch[1], &similarity) != SYNDIC_OK)
        return 1;
    syndic_sketch_destroy(sketch[0]);
    syndic_sketch_destroy(sketch[1]);
    printf("syndic %s: %g\n", syndic_version(), similarity);
    return similarity == 1.0 && !strcmp(syndic_version(), SYNDIC_VERSION) ? 0 : 1;
}
