using Attune.Text;

namespace Attune.Verification;

/// <summary>Tortures the reader of tokenizer.json, and what it makes: a text is encoded, decoded, and the tokenizer written.</summary>
internal static class TokenizerTorture
{
    private const string Bpe = """
        {"version":"1.0","truncation":{"direction":"Right","max_length":8,"strategy":"LongestFirst","stride":1},
        "padding":{"strategy":{"Fixed":8},"direction":"Left","pad_to_multiple_of":null,"pad_id":1,"pad_type_id":0,"pad_token":"</s>"},
        "added_tokens":[{"id":0,"content":"<s>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true},
        {"id":8,"content":"xyz","single_word":true,"lstrip":false,"rstrip":true,"normalized":true,"special":false}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"[x-y]{2,3}?|z+(?=a)"},"content":"ab"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{N}{1,3}|(?i:'s)|\\s+(?!\\S)"},"behavior":"Isolated","invert":false},
        {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
        "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}},
        "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
        "model":{"type":"BPE","dropout":null,"unk_token":"</s>","continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":true,"byte_fallback":true,
        "ignore_merges":false,"vocab":{"<s>":0,"</s>":1,"a":2,"b":3,"c":4,"ab":5,"\u0120":6,"\u0120ab":7},"merges":[["a","b"],["\u0120","ab"],"a b"]}}
        """;

    private const string WordPiece = """
        {"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
        "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"BertProcessing","sep":["[SEP]",1],"cls":["[CLS]",2]},
        "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
        "max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[SEP]":1,"[CLS]":2,"a":3,"##b":4,"xy":5}}}
        """;

    private const string WordLevel = """
        {"normalizer":{"type":"Sequence","normalizers":[{"type":"Strip","strip_left":true,"strip_right":false},{"type":"Prepend","prepend":"a"},{"type":"NFKD"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
        {"type":"FixedLength","length":3},{"type":"Punctuation","behavior":"MergedWithNext"},{"type":"Digits","individual_digits":true}]},
        "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
        {"type":"Strip","content":" ","start":1,"stop":0},{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}]},
        "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"ab":1,"▁":2}}}
        """;

    // The map replaces "x" by "ab": a trie of that one byte, whose value is at the start of the replacements.
    private static readonly string Unigram = """
        {"normalizer":{"type":"Precompiled","precompiled_charsmap":"MAP"},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
        {"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}]},"decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
        "model":{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["<unk>",0.0],["▁",-1.5],["a",-2],["ab",-2.25],["<0xC3>",-9],["<0xA9>",-9.0]]}}
        """.Replace("MAP", Convert.ToBase64String(Map()), StringComparison.Ordinal);

    /// <summary>Good files, which the damage is done to.</summary>
    public static IReadOnlyList<string> Seeds { get; } = [Bpe, WordPiece, WordLevel, Unigram];

    /// <summary>The reader of tokenizer.json.</summary>
    public static ITortureTarget Target { get; } = new JsonTorture("tokenizer", Seeds, Read);

    /// <summary>A compiled map of characters that replaces "x" by "ab".</summary>
    public static byte[] Map()
    {
        uint[] trie = new uint[0x200];
        trie[0] = 0x100 << 10;
        trie[0x100 ^ 'x'] = 'x' | (1 << 8) | (0x179 << 10);
        trie[0x178 ^ 0x179] = 0x80000000;
        return [.. BitConverter.GetBytes(trie.Length * 4), .. trie.SelectMany(BitConverter.GetBytes), .. "ab\0"u8];
    }

    private static void Read(byte[] json, string name)
    {
        var tokenizer = new Tokenizer(TokenizerJson.Read(json, name), new SpecialTokens(), name);
        Encoding encoding = tokenizer.Encode("ab xyz <s>é😀 12");
        _ = encoding.OffsetsInCodePoints();
        _ = tokenizer.Decode(encoding.Ids, skipSpecialTokens: false);
        _ = tokenizer.ToJson();
    }
}
