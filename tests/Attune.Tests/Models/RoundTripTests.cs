using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Generation;
using Attune.Text;
using static TorchSharp.torch;

namespace Attune.Models;

/// <summary>What decides tokens and the end of a reply is the same in a folder, in the GGUF file written from it, and in a folder written from that.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Texts =
    [
        "Once upon a time,  there's a \"naïve\" façade 🙂 12345\n\n\tx", " a", "  two  spaces  ", "", "<s>a</s> b", "<|im_start|>user\nHi<|im_end|>\n<|endoftext|>", "東京\r\n",
    ];

    private static readonly string Tiny = Path.Combine(TestPaths.Root, "models", "tiny");

    [Theory]
    [InlineData("tiny", null)]
    [InlineData("tiny", "[0, 2]")]
    [InlineData("tiny", "[2, 300, 301, 302, 303]")]
    [InlineData("models/w_stories260K/stories260K.gguf", null)]
    [InlineData("models/w_stories260K/stories260K.gguf", "[2, 426]")]
    public async Task Ids_ends_and_replies_stay_through_folder_GGUF_folder_merge_and_GGUF(string source, string? ends)
    {
        using var folder = new TemporaryFolder();
        string path = source == "tiny" ? Tiny : TestPaths.SharedOrSkip(source);
        if (ends is not null)
        {
            WriteFolder(path, folder["given"], false);
            File.WriteAllText(folder["given/generation_config.json"], $$"""{"eos_token_id": {{ends}}, "repetition_penalty": 1.1}""");
            path = folder["given"];
        }

        string first = await Said(path);
        WriteFolder(path, folder["folder"], false);
        Assert.Equal(first, await Said(folder["folder"]));
        WriteGguf(folder["folder"], folder["file.gguf"]);
        Assert.Equal(first, await Said(folder["file.gguf"]));
        WriteFolder(folder["file.gguf"], folder["again"], false);
        Assert.Equal(first, await Said(folder["again"]));
        WriteFolder(folder["again"], folder["merged"], true);
        Assert.Equal(first, await Said(folder["merged"]));
        WriteGguf(folder["merged"], folder["last.gguf"]);
        Assert.Equal(first, await Said(folder["last.gguf"]));
        WriteGguf(folder["last.gguf"], folder["copy.gguf"]);
        Assert.Equal(first, await Said(folder["copy.gguf"]));
        if (ends is not null)
        {
            Assert.Equal(ends, $"[{string.Join(", ", ModelText.Open(folder["last.gguf"]).EndTokenIds)}]");
        }
    }

    [Fact]
    public void A_real_chat_model_keeps_tokens_template_and_settings()
    {
        string hf = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf");
        using var folder = new TemporaryFolder();
        WriteSmall(hf, folder["small"], 49152);
        var first = ModelText.Open(folder["small"]);
        WriteGguf(folder["small"], folder["small.gguf"]);
        var file = ModelText.Open(folder["small.gguf"]);
        WriteFolder(folder["small.gguf"], folder["again"], false);
        var again = ModelText.Open(folder["again"]);
        foreach (var other in new[] { file, again })
        {
            Assert.Equal(Describe(first), Describe(other));
            Assert.Equal(first.Template!.Source, other.Template!.Source);
            Assert.Equal(first.Template.SpecialTokens, other.Template.SpecialTokens);
        }

        var config = JsonNode.Parse(File.ReadAllText(folder["again/tokenizer_config.json"]))!;
        Assert.Equal(8192, config["model_max_length"]!.GetValue<int>());
        Assert.False(config["clean_up_tokenization_spaces"]!.GetValue<bool>());
    }

    [Fact]
    public void Flags_of_added_tokens_and_what_stands_around_a_text_stay()
    {
        using var folder = new TemporaryFolder();
        WriteFolder(Tiny, folder["given"], false);
        var json = JsonNode.Parse(File.ReadAllText(folder["given/tokenizer.json"]))!;
        json["added_tokens"]![0]!["lstrip"] = true;
        json["added_tokens"]![1]!["rstrip"] = true;
        json["added_tokens"]![2]!["special"] = false;
        json["normalizer"] = new JsonObject { ["type"] = "NFC" };
        json["post_processor"] = JsonNode.Parse("""
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}, {"SpecialToken": {"id": "<|im_start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
             "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}, "<|im_start|>": {"id": "<|im_start|>", "ids": [1], "tokens": ["<|im_start|>"]}}}
            """);
        File.WriteAllText(folder["given/tokenizer.json"], json.ToJsonString());
        var first = ModelText.Open(folder["given"]);
        var notices = WriteGguf(folder["given"], folder["x.gguf"]);
        Assert.Equal(["more-tokens-around-a-text", "normalizer-not-in-gguf", "token-flags-not-in-gguf"], notices.All.Select(notice => notice.Code).Order(StringComparer.Ordinal));
        var again = ModelText.Open(folder["x.gguf"]);
        Assert.Equal(first.Tokenizer.AddedTokens, again.Tokenizer.AddedTokens);
        string[] texts = [.. Texts, "a  <|endoftext|> b <|im_start|>  c", "e\u0301"];
        Assert.Equal(texts.Select(text => first.Tokenizer.Encode(text).Ids), texts.Select(text => again.Tokenizer.Encode(text).Ids));
    }

    [Fact]
    public void End_tokens_beyond_the_keys_of_GGUF_are_told()
    {
        using var folder = new TemporaryFolder();
        WriteFolder(Tiny, folder["given"], false);
        File.WriteAllText(folder["given/generation_config.json"], """{"eos_token_id": [0, 2, 300, 301, 302, 303]}""");
        var notices = WriteGguf(folder["given"], folder["x.gguf"]);
        var notice = Assert.Single(notices.All);
        Assert.Equal(("end-tokens-without-a-key", 2), (notice.Code, notice.Count));
        using var gguf = Formats.Gguf.Open(folder["x.gguf"]);
        Assert.Equal(300u, gguf.Metadata["tokenizer.ggml.eot_token_id"]);
        Assert.Equal(301u, gguf.Metadata["tokenizer.ggml.eom_token_id"]);
    }

    [Fact]
    public void The_template_of_calls_and_tokens_that_only_a_class_names_are_written_too()
    {
        using var folder = new TemporaryFolder();
        WriteFolder(Tiny, folder["given"], false);
        File.Delete(folder["given/chat_template.jinja"]);
        File.WriteAllText(folder["given/tokenizer_config.json"], """
            {"eos_token": "<|im_end|>", "chat_template": [{"name": "default", "template": "{{ messages[0].content }}<|im_end|>"}, {"name": "tool_use", "template": "tools"}]}
            """);
        WriteGguf(folder["given"], folder["x.gguf"]);
        WriteFolder(folder["x.gguf"], folder["again"], false);
        foreach (string path in new[] { "x.gguf", "again" })
        {
            var template = ModelText.Open(folder[path]).Template!;
            Assert.Equal("{{ messages[0].content }}<|im_end|>", template.Source);
            Assert.Equal("tools", template.WithTools!.Source);
        }

        WriteFolder(folder["given"], folder["copy"], false);
        Assert.Equal("tools", ModelText.Open(folder["copy"]).Template!.WithTools!.Source);
    }

    [Fact]
    public async Task Another_program_stops_where_the_folder_stops()
    {
        string tool = TestPaths.SharedOrSkip("python/llama");
        using var folder = new TemporaryFolder();
        WriteFolder(TestPaths.SharedOrSkip("models/w_stories260K/stories260K.gguf"), folder["given"], false);
        File.WriteAllText(folder["given/generation_config.json"], """{"eos_token_id": [2, 426]}""");
        WriteGguf(folder["given"], folder["x.gguf"]);
        string text = ModelSaverTests.Complete(tool, folder["x.gguf"]);
        string reply = JsonNode.Parse(await Said(folder["x.gguf"]))!["reply"]!.GetValue<string>();
        Assert.True(text.Contains(reply.Trim(), StringComparison.Ordinal) && text.Contains("[end of text]", StringComparison.Ordinal), text);
    }

    private static void WriteFolder(string path, string target, bool merges)
    {
        using var open = OpenModel.Open(path, float32, float32);
        if (merges)
        {
            using var method = Tuning.TuningMethods.Create(new Recipes.MethodChoice("lora"));
            method.Attach(open.Weights, 1);
            method.Merge();
            ModelSaver.Save(open.Weights, target);
        }
        else
        {
            ModelSaver.Save(open.Weights, target);
        }

        ModelTextFiles.Write(open.Text, target);
    }

    private static Notices WriteGguf(string path, string target)
    {
        using var open = OpenModel.Open(path, float32, float32);
        ModelSaver.SaveGguf(open.Model, target, "F32", open.Text);
        return open.Text.Notices;
    }

    // Random weights under a real tokenizer.
    private static void WriteSmall(string tokenizer, string target, int vocabulary)
    {
        string json = $$"""
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": {{vocabulary}}, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
             "num_attention_heads": 4, "max_position_embeddings": 64, "tie_word_embeddings": true}
            """;
        using var open = ModelText.New(HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(json), "config.json"), tokenizer).Load(float32, float32);
        ModelSaver.Save(open.Weights, target);
        ModelTextFiles.Write(open.Text, target);
    }

    private static string Describe(ModelText text)
    {
        var tokenizer = text.Tokenizer;
        return string.Join('\n', Texts.SelectMany(one => new[] { true, false }.Select(special => string.Join(' ', tokenizer.Encode(one, special).Ids))))
            + $"\n{tokenizer.BosTokenId} {tokenizer.EosTokenId} {tokenizer.PadTokenId} {tokenizer.UnknownTokenId}\n{string.Join(' ', text.EndTokenIds)}\n"
            + string.Join('\n', tokenizer.AddedTokens);
    }

    private static async Task<string> Said(string path)
    {
        using var open = OpenModel.Open(path, float32, float32);
        using var engine = new Engine(open);
        int[] prompt = open.IsChatModel ? open.EncodeChat([new ChatMessage("user", "I cannot sleep.")]) : open.Tokenizer.Encode("Once upon a time").Ids;
        var options = GenerationOptions.Of(open) with { MaxNewTokens = 60 };
        var reply = (await engine.GenerateAsync([prompt], options, cancellationToken: TestContext.Current.CancellationToken))[0][0];
        return new JsonObject { ["described"] = Describe(open.Text), ["tokens"] = string.Join(' ', reply.Tokens), ["reply"] = open.Tokenizer.Decode([.. reply.Tokens]) }.ToJsonString();
    }
}
