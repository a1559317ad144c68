// SPDX-License-Identifier: Apache-2.0
// consumer.cpp - the same from C++, with a corpus: three documents, of which two are copies.
#include <iostream>
#include <memory>
#include <string>
#include <syndic.h>

int main()
{
    const std::string text[] = {"one two three four five six", "seven eight nine ten eleven twelve",
                                "One, two, three, four, five, six!"};
    syndic_options options;
    syndic *raw = nullptr;
    syndic_options_init(&options);
    if (syndic_create(&options, &raw, nullptr) != SYNDIC_OK)
        return 1;
    const std::unique_ptr<syndic, decltype(&syndic_destroy)> corpus(raw, syndic_destroy);
    for (const std::string &t : text) {
        syndic_document document = {};
        document.text = t.data();
        document.text_bytes = t.size();
        if (syndic_push(corpus.get(), &document, nullptr) != SYNDIC_OK)
            return 1;
    }
    if (syndic_finish(corpus.get(), nullptr) != SYNDIC_OK)
        return 1;
    std::cout << syndic_group_count(corpus.get()) << " group\n";
    return syndic_group_count(corpus.get()) == 1 && syndic_kept(corpus.get(), 2) == 0 ? 0 : 1;
}
