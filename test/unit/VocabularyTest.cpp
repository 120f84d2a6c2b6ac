// VocabularyTest.cpp - tokens of texts in several scripts, vocabularies, and what a damaged one says.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/text/Vocabulary.h"
#include "runtime/Error.h"
#include "runtime/text/Utf8.h"

#include <gtest/gtest.h>

using namespace dlc::text;

static std::vector<std::string> tokens(Unit unit, std::string_view text) {
  std::vector<std::string> list;
  forEachToken(unit, text, [&](std::string_view token, size_t offset) {
    list.emplace_back(token);
    EXPECT_LT(offset, text.size());
  });
  return list;
}
using List = std::vector<std::string>;

static std::string errorOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const dlc::Error &error) {
    return error.what();
  }
  return "no error";
}

TEST(Utf8, LengthsOfCharacters) {
  EXPECT_EQ(characterLength("a"), 1u);
  EXPECT_EQ(characterLength("\u00E9"), 2u);
  EXPECT_EQ(characterLength("\u20AC"), 3u);
  EXPECT_EQ(characterLength("\U0001F600"), 4u);
  for (std::string_view wrong : {"", "\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                 "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82"})
    EXPECT_EQ(characterLength(wrong), 0u) << wrong;
  EXPECT_EQ(characterLength("\xF4\x8F\xBF\xBF"), 4u); // the last code point
  EXPECT_EQ(characterLength("\xEE\x80\x80"), 3u);     // the first behind the surrogates
}

TEST(Utf8, TheFirstByteThatIsNone) {
  EXPECT_FALSE(findNoUtf8("gr\u00FC\u00DFe"));
  EXPECT_EQ(findNoUtf8("a\nb\nc\xE9 d"), 5u);
  EXPECT_EQ(errorOf([] { checkUtf8("a\nb\nc\xE9 d", "t.txt"); }),
            "t.txt:3: byte 0xE9 at place 2 of the line (byte 5 of the file, from 0) is not UTF-8. Convert the file, "
            "e.g. with `iconv -f LATIN1 -t UTF-8`.");
}

TEST(Tokens, BytesAndCharacters) {
  EXPECT_EQ(tokens(Unit::Bytes, "a\u00E9"), (List{"a", "\xC3", "\xA9"}));
  EXPECT_EQ(tokens(Unit::Characters, "a\u00E9\u4E2D\U0001F600\n"), (List{"a", "\u00E9", "\u4E2D", "\U0001F600", "\n"}));
}

TEST(Tokens, WordsOfSeveralScripts) {
  EXPECT_EQ(tokens(Unit::Words, "Don't panic:  it costs 3.50!"),
            (List{"don't", "panic", ":", "it", "costs", "3.50", "!"}));
  EXPECT_EQ(tokens(Unit::Words, "\u00C4RGER im Caf\u00E9\tCafe\u0301 CAF\u00C9"),
            (List{"\u00E4rger", "im", "caf\u00E9", "caf\u00E9", "caf\u00E9"}));
  EXPECT_EQ(tokens(Unit::Words, "\u041F\u0440\u0438\u0432\u0435\u0442, \u043C\u0438\u0440"),
            (List{"\u043F\u0440\u0438\u0432\u0435\u0442", ",", "\u043C\u0438\u0440"}));
  // A sigma at the end of a word is another letter.
  EXPECT_EQ(tokens(Unit::Words, "\u039F\u0394\u039F\u03A3"), (List{"\u03BF\u03B4\u03BF\u03C2"}));
  EXPECT_EQ(tokens(Unit::Words, "\u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD"),
            (List{"\u0645\u0631\u062D\u0628\u0627", "\u05E9\u05DC\u05D5\u05DD"}));
  EXPECT_EQ(tokens(Unit::Words, "\U0001F469\u200D\U0001F680 ok"), (List{"\U0001F469\u200D\U0001F680", "ok"}));
  EXPECT_EQ(tokens(Unit::Words, " \r\n\u00A0\u200B"), List{});
}

TEST(Tokens, LongTextsAreCutAtSpaces) {
  std::string text;
  while (text.size() < (size_t(1) << 24) + 100)
    text += "w\u00F6rter ";
  size_t count = 0;
  forEachToken(Unit::Words, text, [&](std::string_view token, size_t offset) {
    ASSERT_EQ(token, "w\u00F6rter");
    ASSERT_EQ(offset, count * 8);
    ++count;
  });
  EXPECT_EQ(count, text.size() / 8);
}

TEST(Vocabulary, Characters) {
  Vocabulary vocabulary = Vocabulary::make(Unit::Characters, "b\u00E9\na\u4E2Db");
  EXPECT_EQ(vocabulary.size(), 5);
  EXPECT_EQ(vocabulary.describe(), "5 characters");
  EXPECT_EQ(vocabulary.encode("\nab\u00E9\u4E2D", "t"), (std::vector<int32_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(errorOf([&] { (void)vocabulary.encode("a\nax", "t.txt", 7); }),
            "t.txt:8: 'x' is not among the 5 characters of the vocabulary, which has no <unk> for others.");
}

TEST(Vocabulary, WordsAreInOrderOfTheirNumber) {
  Vocabulary vocabulary =
      Vocabulary::make(Unit::Words, "b a c. A c c", {.padding = true, .unknown = true, .leastCount = 1});
  ASSERT_EQ(vocabulary.size(), 6);
  EXPECT_EQ(vocabulary.token(0), "<pad>");
  EXPECT_EQ(vocabulary.token(1), "<unk>");
  EXPECT_EQ(vocabulary.token(2), "c");
  EXPECT_EQ(vocabulary.token(3), "a");
  EXPECT_EQ(vocabulary.token(4), "."); // equal ones by their bytes
  EXPECT_EQ(vocabulary.token(5), "b");
  EXPECT_EQ(vocabulary.encode("A zoo <unk>", "t"), (std::vector<int32_t>{3, 1, 1, 1, 1}));
}

TEST(Vocabulary, RareTokensAreLeftOut) {
  VocabularyOptions options{.padding = true, .unknown = true, .leastCount = 2};
  EXPECT_EQ(Vocabulary::make(Unit::Words, "a b b c c c", options).size(), 4);
  options = {.padding = true, .unknown = true, .largestSize = 3};
  Vocabulary one = Vocabulary::make(Unit::Words, "a b b c c c", options);
  EXPECT_EQ(one.size(), 3);
  EXPECT_EQ(one.token(2), "c");
  EXPECT_EQ(
      errorOf([] { (void)Vocabulary::make(Unit::Characters, "abb", {.leastCount = 2}); }),
      "2 different characters were found, and 1 of them are left; the others need a token <unk> that stands for them.");
  EXPECT_EQ(
      errorOf([] { (void)Vocabulary::make(Unit::Words, " ", {.unknown = true}); }),
      "A vocabulary without a token: 0 different words were found, and none of them is left; expected at least one.");
  EXPECT_EQ(Vocabulary::make(Unit::Words, std::string(longestToken, 'a') + " " + std::string(longestToken + 1, 'b'),
                             {.unknown = true})
                .size(),
            2);
}

TEST(Vocabulary, BytesAreThere) {
  Vocabulary vocabulary = Vocabulary::make(Unit::Bytes, "", {.padding = true});
  EXPECT_EQ(vocabulary.size(), 257);
  EXPECT_EQ(vocabulary.encode("a\xFF", "t"), (std::vector<int32_t>{98, 256}));
}

TEST(Vocabulary, WordsAreWrittenWithSpaces) {
  Vocabulary vocabulary = Vocabulary::make(Unit::Words, "well , ( it ) is .");
  std::string text;
  for (const char *word : {"well", ",", "(", "it", ")", "is", "."})
    text += vocabulary.written(*vocabulary.find(word), text);
  EXPECT_EQ(text, "well, (it) is.");
}

TEST(Vocabulary, ComesBackFromText) {
  for (const Vocabulary &vocabulary :
       {Vocabulary::make(Unit::Characters, "\n\r\\a\u00E9\U0001F600"), Vocabulary::make(Unit::Bytes, ""),
        Vocabulary::make(Unit::Words, "The \u4E2D\u6587 \\ text", {.padding = true, .unknown = true})}) {
    Vocabulary again = Vocabulary::parse(vocabulary.str(), "it");
    EXPECT_EQ(again.str(), vocabulary.str());
    EXPECT_EQ(again.unit(), vocabulary.unit());
    EXPECT_EQ(again.padding(), vocabulary.padding());
    EXPECT_EQ(again.unknown(), vocabulary.unknown());
    ASSERT_EQ(again.size(), vocabulary.size());
    for (int32_t i = 0; i < vocabulary.size(); ++i) {
      EXPECT_EQ(again.token(i), vocabulary.token(i));
      EXPECT_EQ(again.find(again.token(i)), vocabulary.find(again.token(i)));
    }
  }
}

/// A vocabulary's text with the checksum that it should have: what is wrong must be found in spite of it.
static std::string signedText(const std::string &second, const std::string &list) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char c : second + "\n" + list)
    hash = (hash ^ uint8_t(c)) * 0x100000001b3u;
  return "dlc-vocabulary 1\n" + second + "\n" + std::to_string(hash) + "\n" + list;
}

TEST(Vocabulary, WhatIsDamagedIsFound) {
  auto parsed = [](const std::string &text) { return errorOf([&] { (void)Vocabulary::parse(text, "v"); }); };
  EXPECT_EQ(parsed(signedText("words 2", "a\nb\n")), "no error");
  std::string good = Vocabulary::make(Unit::Words, "one two three").str();
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] ^= 1;
    EXPECT_NE(parsed(bad), "no error") << at;
    EXPECT_NE(parsed(good.substr(0, at)), "no error") << at;
  }
  EXPECT_NE(parsed(good + "x\n").find("does not match its checksum"), std::string::npos);
  EXPECT_EQ(parsed("dlc-vocabulary 2\n"),
            "v is a vocabulary of another format: 'dlc-vocabulary 2'; this program reads 'dlc-vocabulary 1'.");
  EXPECT_NE(parsed(signedText("words 3", "a\nb\n")).find("line 6: it ends too early"), std::string::npos);
  EXPECT_NE(parsed(signedText("words 1", "a\nb\n")).find("expected 1 tokens"), std::string::npos);
  EXPECT_NE(parsed(signedText("words 2", "a\na\n")).find("line 5: the token is there twice"), std::string::npos);
  EXPECT_NE(parsed(signedText("words 1", "a\\x\n")).find("this is no token"), std::string::npos);
  EXPECT_NE(parsed(signedText("words 1", "\xFF\n")).find("this is no token"), std::string::npos);
  EXPECT_NE(parsed(signedText("words 1", std::string(300, 'a') + "\n")).find("this is no token"), std::string::npos);
  EXPECT_NE(parsed(signedText("characters 1", "ab\n")).find("this is no token"), std::string::npos);
  EXPECT_NE(parsed(signedText("bytes 100", "")).find("expected 100 tokens"), std::string::npos);
  for (const char *second :
       {"words", "words -1", "words 0", "words 99999999999", "words 1 unk pad", "letters 1", "words 1 x"})
    EXPECT_NE(parsed(signedText(second, "a\n")).find("line 2: found"), std::string::npos) << second;
}
