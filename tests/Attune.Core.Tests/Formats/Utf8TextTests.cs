using Attune.Recipes;
using Attune.Text;
using Attune.Text.ChatTemplates;

namespace Attune.Formats;

/// <summary>A byte order mark before the text files of a model is no part of them; other encodings are named.</summary>
public sealed class Utf8TextTests
{
    private const string Mark = "\uFEFF";
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfit\n";

    public static IEnumerable<TheoryDataRow<string>> Readers => Cases.Keys.Select(name => new TheoryDataRow<string>(name));

    // Each writes files that all begin as given, and says what was read of them.
    private static Dictionary<string, Func<TemporaryFolder, string, string>> Cases { get; } = new()
    {
        ["config.json"] = (folder, mark) =>
        {
            File.WriteAllText(folder["config.json"], mark + """{"model_type": "llama", "hidden_size": 8}""");
            return HuggingFaceConfig.Open(folder.Path).ModelType!;
        },
        ["generation_config.json"] = (folder, mark) =>
        {
            File.WriteAllText(folder["generation_config.json"], mark + """{"eos_token_id": 7}""");
            return HuggingFaceConfig.OpenAny(folder["generation_config.json"]).GetInt("eos_token_id").ToString();
        },
        ["model.safetensors.index.json"] = (folder, mark) =>
        {
            File.WriteAllText(folder["model.safetensors.index.json"], mark + """{"metadata": {}, "weight_map": {"a": "one.safetensors"}}""");
            return SafetensorsIndex.Read(folder["model.safetensors.index.json"])["a"];
        },
        ["tokenizer.json"] = (folder, mark) =>
        {
            File.WriteAllText(folder["vocab.txt"], Words);
            string json = System.Text.Encoding.UTF8.GetString(Tokenizer.FromFolder(folder.Path).ToJson());
            File.WriteAllText(folder["tokenizer.json"], mark + json);
            File.WriteAllText(folder["tokenizer_config.json"], mark + """{"bos_token": "fit"}""");
            Tokenizer tokenizer = Tokenizer.FromFolder(folder.Path);
            return string.Join(' ', tokenizer.Encode("fit").Ids) + tokenizer.BosTokenId;
        },
        ["vocab.txt"] = (folder, mark) =>
        {
            File.WriteAllText(folder["vocab.txt"], mark + Words);
            File.WriteAllText(folder["special_tokens_map.json"], mark + """{"eos_token": "<end>"}""");
            File.WriteAllText(folder["added_tokens.json"], mark + """{"<end>": 9}""");
            Tokenizer tokenizer = Tokenizer.FromFolder(folder.Path);
            return string.Join(' ', tokenizer.Encode("fit<end>").Ids) + tokenizer.TokenOf(0) + tokenizer.EosTokenId;
        },
        ["vocab.json and merges.txt"] = (folder, mark) =>
        {
            File.WriteAllText(folder["vocab.json"], mark + """{"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3}""");
            File.WriteAllText(folder["merges.txt"], mark + "#version: 0.2\na b\n");
            return string.Join(' ', Tokenizer.FromFolder(folder.Path).Encode("aba").Ids);
        },
        ["merges.txt without a header"] = (folder, mark) =>
        {
            File.WriteAllText(folder["vocab.json"], mark + """{"<|endoftext|>": 0, "a": 1, "b": 2, "ab": 3}""");
            File.WriteAllText(folder["merges.txt"], mark + "a b\n");
            return string.Join(' ', Tokenizer.FromFolder(folder.Path).Encode("aba").Ids);
        },
        ["tiktoken.model"] = (folder, mark) =>
        {
            File.WriteAllText(folder["tiktoken.model"], mark + string.Join('\n', Enumerable.Range(0, 256).Select(i => $"{Convert.ToBase64String([(byte)i])} {i}")));
            return string.Join(' ', Tokenizer.FromFolder(folder.Path).Encode("ab").Ids);
        },
        ["chat_template.jinja"] = (folder, mark) =>
        {
            File.WriteAllText(folder["chat_template.jinja"], mark + "{{ messages[0].content }}");
            Directory.CreateDirectory(folder["additional_chat_templates"]);
            File.WriteAllText(folder["additional_chat_templates/tool_use.jinja"], mark + "{{ messages[0].content }}!");
            return Rendered(folder);
        },
        ["chat_template.json"] = (folder, mark) =>
        {
            File.WriteAllText(folder["chat_template.json"], mark + """{"chat_template": "{{ messages[0].content }}{{ bos_token }}"}""");
            File.WriteAllText(folder["special_tokens_map.json"], mark + """{"bos_token": "<s>"}""");
            return Rendered(folder);
        },
        ["recipe.yaml"] = (folder, mark) =>
        {
            File.WriteAllText(folder["recipe.yaml"], mark + "model: { source: some/model }\ndata: { train: rows.jsonl }\nmethod: { full: {} }\n");
            return Recipe.Load(folder["recipe.yaml"]).Hash();
        },
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_byte_order_mark_before_a_file_is_no_part_of_it(string name)
    {
        using var plain = new TemporaryFolder();
        using var marked = new TemporaryFolder();
        string expected = Cases[name](plain, "");
        Assert.Equal(expected, Cases[name](marked, Mark));
    }

    [Fact]
    public void A_mark_elsewhere_is_text()
    {
        Assert.Equal("a\uFEFF"u8.ToArray(), Utf8Text.WithoutMark("a\uFEFF"u8, "f"));
        Assert.Equal("\uFEFFa"u8.ToArray(), Utf8Text.WithoutMark("\uFEFF\uFEFFa"u8, "f"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_in_UTF_16_is_told_as_such(bool bigEndian)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], """{"model_type": "llama"}""", new System.Text.UnicodeEncoding(bigEndian, byteOrderMark: true));
        var error = Assert.ThrowsAny<AttuneException>(() => HuggingFaceConfig.Open(folder.Path));
        Assert.Contains("config.json", error.Message);
        Assert.Contains("is UTF-16", error.Problem);
        Assert.Contains("save it as UTF-8", error.Cure);
    }

    private static string Rendered(TemporaryFolder folder)
    {
        ChatTemplate template = ChatTemplate.FindInFolder(folder.Path)!;
        return template.Source;
    }
}
