using Attune.Verification;

namespace Attune.Tuning;

/// <summary>The fixtures that full training and LoRA must reproduce: none may be skipped where it is there.</summary>
public sealed class TuningFixtureTests
{
    private static readonly string[] Full =
    [
        "llama-causal-lm-adamw", "llama-causal-lm-accumulation", "llama-causal-lm-label-smoothing", "llama-causal-lm-label-smoothing-accumulation",
        "gpt2-causal-lm-linear-warmup", "bert-sequence-classification-label-smoothing", "bert-sequence-classification-sgd-momentum", "bert-sequence-classification-sgd-nesterov",
    ];

    private static readonly string[] Lora =
    [
        "llama-causal-lm-lora", "llama-causal-lm-lora-all-linear", "llama-causal-lm-lora-embedding", "llama-causal-lm-lora-modules-to-save", "llama-causal-lm-lora-rank-pattern",
        "llama-causal-lm-lora-rslora", "gpt2-causal-lm-lora", "gpt2-causal-lm-lora-bias-all", "gpt2-causal-lm-lora-bias-lora-only", "gpt2-causal-lm-lora-modules-to-save-tied",
        "gpt2-causal-lm-lora-tied-embedding", "bert-sequence-classification-lora", "bert-sequence-classification-lora-bias-all",
    ];

    private static readonly string[] AdaptersOnly =
    [
        "llama-causal-lm-lora-bias", "llama-causal-lm-lora-layers", "llama-causal-lm-lora-regex", "llama-causal-lm-lora-old-config", "gpt2-causal-lm-lora-lm-head",
        "llama-causal-lm-lora-by-row", "llama-causal-lm-lora-two-active",
    ];

    public static IEnumerable<TheoryDataRow<string>> Trained() => Fixtures.Names("train", name => Full.Concat(Lora).Contains(name["train/".Length..]));

    public static IEnumerable<TheoryDataRow<string>> Adapters() => Fixtures.Names("adapter", name => AdaptersOnly.Concat(Lora).Contains(name["adapter/".Length..]));

    [Theory]
    [MemberData(nameof(Trained))]
    public void Training_follows_the_reference(string name) => Fixtures.Check(new TrainCheck(), name);

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Adapters_give_the_reference_logits_and_gradients(string name) => Fixtures.Check(new AdapterCheck(), name);
}
