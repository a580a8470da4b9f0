using System.Text;
using System.Text.Json.Nodes;
using Attune.Verification;

namespace Attune.Formats;

public sealed class HuggingFaceConfigTests
{
    // What no model family is needed for; the families refuse the rest.
    private static readonly string[] Ours =
    [
        "empty", "array", "truncated", "no-model-type", "model-type-number", "hidden-size-zero", "hidden-size-negative", "hidden-size-string",
        "hidden-size-fraction", "hidden-size-missing", "heads-zero", "layers-billion", "vocab-huge", "layers-negative", "eps-nan", "rope-factor-zero",
        "rope-no-factor", "id2label-list", "id2label-key", "labels-differ", "dtype-unknown", "duplicate-key", "nesting", "bad-utf8", "number-1e400", "comment",
    ];

    public static IEnumerable<TheoryDataRow<string>> Broken => Ours.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_file_is_refused_with_file_and_key(string name)
    {
        string path = TestPaths.SharedOrSkip($"parity/broken/config/{name}.json");
        var exception = Assert.ThrowsAny<AttuneException>(() => Read(HuggingFaceConfig.Open(path)));
        Assert.Equal(ExitCode.BadData, exception.ExitCode);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_config_of_the_fixtures_is_read()
    {
        foreach (string file in Directory.EnumerateFiles(TestPaths.SharedOrSkip("parity/_models"), "config.json", SearchOption.AllDirectories))
        {
            var config = HuggingFaceConfig.Open(Path.GetDirectoryName(file)!);
            Assert.True(config.ModelType is not null || config.Has("architecture") || config.Architectures.Count > 0, file);
        }
    }

    [Fact]
    public void Settings_are_found_under_old_and_new_names()
    {
        var old = Parse("""{"n_embd": 8, "torch_dtype": "bfloat16", "rope_theta": 5e5, "rope_scaling": {"type": "linear", "factor": 2.0}, "head_dim": null, "n_layer": 2.0}""");
        Assert.Equal(8, old.GetInt("hidden_size|n_embd"));
        Assert.Equal(2, old.GetInt("num_hidden_layers|n_layer"));
        Assert.Null(old.FindInt("head_dim"));
        Assert.False(old.Has("head_dim"));
        Assert.Equal(ElementType.BF16, old.DType);
        var (theta, type, settings) = old.Rope();
        Assert.Equal((5e5, "linear", 2.0), (theta, type, settings!.GetDouble("factor")));

        var current = Parse("""{"dtype": "float16", "rope_parameters": {"rope_type": "llama3", "rope_theta": 1e6, "factor": 8}, "eos_token_id": [2, 3]}""");
        Assert.Equal(ElementType.F16, current.DType);
        Assert.Equal((1e6, "llama3"), (current.Rope().Theta, current.Rope().Type));
        Assert.Equal([2, 3], current.FindInts("eos_token_id"));
        Assert.Equal((10_000, "default", null), Parse("{}").Rope());
    }

    [Theory]
    [InlineData("""{"a": 0}""", "config.json: a must be at least 1 (got 0)")]
    [InlineData("""{"a": 11}""", "config.json: a must be from 1 to 10 (got 11)", 10)]
    [InlineData("""{"a": 1.5}""", "config.json: a must be a whole number (got 1.5)")]
    [InlineData("""{"a": "1"}""", "config.json: a must be a whole number (got \"1\")")]
    [InlineData("""{"b": 1e300}""", "config.json: b must be a whole number (got 1e300)")]
    [InlineData("""{}""", "config.json: a is missing")]
    public void An_error_names_file_and_key(string json, string message, int max = int.MaxValue) =>
        Assert.Equal(message, Assert.Throws<AttuneException>(() => Parse(json).GetInt("a|b", 1, max)).Message);

    [Fact]
    public void A_setting_of_an_inner_object_is_named_with_its_path() => Assert.Equal(
        "config.json: rope_scaling.factor must be above 0 (got 0)",
        Assert.Throws<AttuneException>(() => Parse("""{"rope_scaling": {"factor": 0}}""").GetObject("rope_parameters|rope_scaling").GetDouble("factor", double.Epsilon)).Message);

    [Fact]
    public void It_is_written_back_with_changes()
    {
        var config = Parse("""{"model_type": "llama", "x": 1.50, "gone": [1], "text": "é<"}""");
        Assert.Equal(
            "{\n  \"model_type\": \"llama\",\n  \"x\": 1.50,\n  \"text\": \"é<\",\n  \"dtype\": \"float32\"\n}\n",
            config.ToJson(new("gone", null), new("dtype", JsonValue.Create("float32"))));
    }

    [Theory]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}, "label2id": {"yes": 1, "no": 0}}""", null)]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}}""", null)]
    [InlineData("""{"id2label": {"0": "a|b", "1": "c"}, "label2id": {"a|b": 0, "c": 1}}""", null)]
    [InlineData("""{"label2id": {"yes": 1, "no": 0}}""", "label2id is there and id2label is not")]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}, "label2id": {"yes": 0, "no": 1}}""", "label2id gives \"yes\" the number 0, id2label does not")]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}, "label2id": {"no": 0}}""", "label2id has no \"yes\", id2label has")]
    [InlineData("""{"id2label": {"0": "no", "1": "yes"}, "label2id": {"no": "0", "yes": 1}}""", "label2id gives \"no\" the number \"0\", id2label does not")]
    public void Names_and_numbers_of_labels_that_contradict_each_other_are_seen(string json, string? says) => Assert.Equal(says, Parse(json).LabelContradiction);

    [Fact]
    public void Labels_come_in_the_order_of_their_numbers()
    {
        Assert.Equal(["no", "yes"], Parse("""{"id2label": {"1": "yes", "0": "no"}}""").Labels);
        Assert.Equal(["LABEL_0", "LABEL_1"], Parse("""{"num_labels": 2}""").Labels);
        Assert.Null(Parse("{}").Labels);
    }

    private static HuggingFaceConfig Parse(string json) => HuggingFaceConfig.Parse(Encoding.UTF8.GetBytes(json), "config.json");

    private static void Read(HuggingFaceConfig config)
    {
        config.RequireModelType();
        config.GetInt("hidden_size", 1, 1 << 20);
        config.GetInt("num_attention_heads", 1, 1 << 16);
        config.GetInt("num_hidden_layers", 1, 10_000);
        config.GetInt("vocab_size", 1, 1 << 24);
        config.GetDouble("rms_norm_eps", 0, 1);
        var (_, type, rope) = config.Rope();
        if (type == "linear")
        {
            rope!.GetDouble("factor", double.Epsilon);
        }
    }
}
