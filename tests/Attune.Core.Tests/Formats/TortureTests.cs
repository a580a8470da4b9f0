using Attune.Verification;

namespace Attune.Formats;

/// <summary>The short form of <c>attune torture formats</c>.</summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private const string Index = """{"metadata":{"total_size":28},"weight_map":{"a.weight":"model-00001-of-00002.safetensors","b.weight":"model-00002-of-00002.safetensors"}}""";

    private const string Config = """
        {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"num_labels":2,"id2label":{"0":"a","1":"b"},"dtype":"float32",
        "rope_scaling":{"rope_type":"linear","factor":2.0},"rms_norm_eps":1e-05,"eos_token_id":[1,2],"tie_word_embeddings":false}
        """;

    [Fact]
    public void Safetensors_survives_50000_inputs() => Run(new SafetensorsTorture(), 50_000);

    [Fact]
    public void Gguf_survives_20000_inputs() => Run(new GgufTorture(), 20_000);

    [Fact]
    public void An_index_survives_20000_inputs() => Run(new JsonTorture("index", [Index], (json, name) => SafetensorsIndex.Parse(json, name)), 20_000);

    [Fact]
    public void A_config_survives_20000_inputs() => Run(new JsonTorture("config", [Config], ReadConfig), 20_000);

    private static void ReadConfig(byte[] json, string name)
    {
        var config = HuggingFaceConfig.Parse(json, name);
        _ = config.FindInt("hidden_size", 1) + config.FindDouble("rms_norm_eps") + config.Rope().Theta;
        _ = config.FindInts("eos_token_id");
        _ = config.GetBool("tie_word_embeddings", true);
        _ = config.ToJson();
    }

    private void Run(ITortureTarget target, int count)
    {
        var report = Torturer.Run(target, count);
        output.WriteLine($"{target.Name}: {report.Read} read, {report.Refused} refused, slowest {report.Slowest.TotalMilliseconds:F1} ms");
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        Assert.True(report.Read > count / 100 && report.Refused > count / 10, $"one-sided: {report.Read} read, {report.Refused} refused");
    }
}
