using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Nn;

namespace Attune.Models;

/// <summary>A config.json made of a GGUF file's metadata, with the defaults that llama.cpp has.</summary>
internal static class GgufConfig
{
    /// <summary>The tensor of what rotary frequencies are divided by.</summary>
    public const string RotaryDivisors = "rope_freqs.weight";

    // What Meta's Llama models from 3.1 on were made with; only the factor differs.
    private const int LlamaLowFactor = 1, LlamaHighFactor = 4, LlamaOriginalLength = 8192;

    public static HuggingFaceConfig From(Gguf gguf, string place)
    {
        var (metadata, tensors) = (gguf.Metadata, gguf.Tensors);
        string architecture = metadata.TryGetValue("general.architecture", out object? name) && name is string text ? text
            : throw new Formats.FormatException(place, -1, "\"general.architecture\" is absent");
        if (architecture != "llama")
        {
            throw new AttuneException(ExitCode.BadData, place, $"GGUF files of architecture \"{architecture}\" cannot be opened yet", "use the model's folder of safetensors files");
        }

        double? Number(string key) => metadata.TryGetValue($"{architecture}.{key}", out object? value) ? value switch
        {
            string or Array or bool => throw new Formats.FormatException(place, -1, $"\"{architecture}.{key}\" must be a number"),
            IConvertible number => Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture),
            _ => null,
        } : null;
        double Required(string key) => Number(key) ?? throw new Formats.FormatException(place, -1, $"\"{architecture}.{key}\" is absent");
        long vocabulary = tensors.TryGetValue("token_embd.weight", out var embedding) && embedding.Shape.Count == 2 ? embedding.Shape[0]
            : throw new Formats.FormatException(place, -1, "\"token_embd.weight\" is absent or no matrix");

        // A token id of 2^32 - 1 stands for none.
        JsonNode? Token(string key) => metadata.TryGetValue("tokenizer.ggml." + key, out object? value) && value is uint id && id != uint.MaxValue ? JsonValue.Create((long)id) : null;
        double heads = Required("attention.head_count"), width = Required("embedding_length");
        var rope = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = Number("rope.freq_base") ?? 10000 };
        if (Number("rope.scaling.factor") is double factor and not (0 or 1))
        {
            string type = metadata.TryGetValue($"{architecture}.rope.scaling.type", out object? scaling) && scaling is string kind ? kind : "linear";
            rope["rope_type"] = type;
            rope["factor"] = factor;
            if (Number("rope.scaling.original_context_length") is double original)
            {
                rope["original_max_position_embeddings"] = original;
            }
        }

        double headSize = Number("attention.key_length") ?? Number("rope.dimension_count") ?? Math.Floor(width / heads);
        double contextLength = Number("context_length") ?? 2048;
        if (tensors.TryGetValue(RotaryDivisors, out var divisors))
        {
            SetDivisors(rope, ReadDivisors(gguf, divisors, headSize, place), headSize, contextLength);
        }

        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["vocab_size"] = vocabulary,
            ["hidden_size"] = width,
            ["intermediate_size"] = Required("feed_forward_length"),
            ["num_hidden_layers"] = Required("block_count"),
            ["num_attention_heads"] = heads,
            ["num_key_value_heads"] = Number("attention.head_count_kv") ?? heads,
            ["head_dim"] = headSize,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = contextLength,
            ["rms_norm_eps"] = Number("attention.layer_norm_rms_epsilon") ?? 1e-5,
            ["attention_bias"] = tensors.ContainsKey("blk.0.attn_q.bias"),
            ["mlp_bias"] = tensors.ContainsKey("blk.0.ffn_gate.bias"),
            ["rope_parameters"] = rope,
            ["tie_word_embeddings"] = !tensors.ContainsKey("output.weight"),
            ["bos_token_id"] = Token("bos_token_id"),
            ["eos_token_id"] = Token("eos_token_id"),
            ["pad_token_id"] = Token("padding_token_id"),
            ["dtype"] = "float32",
        };
        return HuggingFaceConfig.Parse(System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()), place);
    }

    private static float[] ReadDivisors(Gguf gguf, TensorInfo info, double headSize, string place)
    {
        if (info.Shape.Count != 1 || info.Shape[0] != (long)headSize / 2 || info.Type != ElementType.F32)
        {
            throw new Formats.FormatException(place, -1, $"\"{RotaryDivisors}\" must be {(long)headSize / 2} numbers of type F32");
        }

        float[] divisors = new float[info.Shape[0]];
        gguf.Read(RotaryDivisors, 0, MemoryMarshal.AsBytes(divisors.AsSpan()));
        return Array.TrueForAll(divisors, divisor => divisor > 0 && float.IsFinite(divisor)) ? divisors
            : throw new Formats.FormatException(place, -1, $"\"{RotaryDivisors}\" has a number that is not above 0");
    }

    /// <summary>As Llama's own settings where they give these divisors, so that a folder that is saved says what Meta's says; else as the numbers that they are.</summary>
    private static void SetDivisors(JsonObject rope, float[] divisors, double headSize, double contextLength)
    {
        var llama = new RotarySettings
        {
            Place = "",
            HeadSize = (int)headSize,
            Theta = rope["rope_theta"]!.GetValue<double>(),
            Type = "llama3",
            Factor = Math.Round(divisors.Max(), 3),
            OriginalMaxPositions = LlamaOriginalLength,
            LowFrequencyFactor = LlamaLowFactor,
            HighFrequencyFactor = LlamaHighFactor,
        };
        if (new Rotary(llama).Divisors.Zip(divisors).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * pair.Second))
        {
            rope["rope_type"] = "llama3";
            rope["factor"] = llama.Factor;
            rope["low_freq_factor"] = LlamaLowFactor;
            rope["high_freq_factor"] = LlamaHighFactor;
            rope["original_max_position_embeddings"] = LlamaOriginalLength;
            return;
        }

        rope["rope_type"] = "longrope";
        rope["short_factor"] = new JsonArray([.. divisors.Select(divisor => (JsonNode)JsonValue.Create((double)divisor))]);
        rope["long_factor"] = rope["short_factor"]!.DeepClone();
        rope["original_max_position_embeddings"] = contextLength;
        rope["attention_factor"] = 1.0;
    }
}
